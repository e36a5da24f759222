-- What is remembered of each job's troubles, so that each is told once: failures, what is overdue, sources that are
-- quiet. Written with the ends of runs, and by the one process that has the lease "alerts".
create table wb_alert_state (
  job      varchar(150) not null,
  kind     varchar(40)  not null,
  since_at timestamp(3) with time zone, -- of a trouble that was told and is not over
  detail   text         not null,       -- JSON
  primary key (job, kind)
);

-- What somebody is told. An alert of a run is written together with the run's end.
create table wb_alert (
  id      varchar(26)   not null primary key,
  at      timestamp(3) with time zone not null,
  job     varchar(150)  not null,
  kind    varchar(16)   not null,
  run_id  varchar(26),
  subject varchar(500)  not null,
  text    varchar(4000) not null
);

create index wb_alert_by_job on wb_alert (job, id);
create index wb_alert_by_time on wb_alert (at);

-- What became of it on each channel.
create table wb_alert_delivery (
  alert_id   varchar(26)   not null references wb_alert (id) on delete cascade,
  channel    varchar(150)  not null,
  state      varchar(16)   not null,
  attempts   integer       not null,
  next_at    timestamp(3) with time zone, -- when it is tried again
  changed_at timestamp(3) with time zone not null,
  message    varchar(1000) not null,
  primary key (alert_id, channel)
);

create index wb_alert_delivery_by_state on wb_alert_delivery (state, next_at);
