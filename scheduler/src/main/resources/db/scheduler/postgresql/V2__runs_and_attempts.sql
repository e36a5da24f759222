-- Runs of jobs and attempts of their steps. Ids are ULIDs, so they sort by time.
create table wb_run (
  id            char(26)     not null primary key,
  job           varchar(150) not null,
  kind          varchar(16)  not null,
  -- job and due time of a scheduled run, so that one moment has one run; null for manual ones
  slot          varchar(200) unique,
  scheduled_at  timestamp(3) with time zone not null,
  state         varchar(16)  not null,
  created_at    timestamp(3) with time zone not null,
  started_at    timestamp(3) with time zone,
  ended_at      timestamp(3) with time zone,
  failure_class varchar(16),
  message       text         not null,
  payload       text         not null,
  recovered     boolean      not null,
  node          varchar(200),
  incarnation   char(26),
  -- the fencing token: one more with each claim; a write under an older one changes nothing
  token         bigint       not null,
  lease_until   timestamp(3) with time zone
);

create index wb_run_by_job on wb_run (job, id);
create index wb_run_by_state on wb_run (state, job);

create table wb_attempt (
  id            char(26)     not null primary key,
  run_id        char(26)     not null references wb_run (id) on delete cascade,
  step_key      varchar(200) not null,
  number        integer      not null,
  token         bigint       not null,
  state         varchar(16)  not null,
  started_at    timestamp(3) with time zone not null,
  ended_at      timestamp(3) with time zone,
  failure_class varchar(16),
  message       text         not null,
  -- how long the run waits before the next attempt; null if there is none
  delay_millis  bigint,
  payload       text         not null,
  unique (run_id, step_key, number)
);
