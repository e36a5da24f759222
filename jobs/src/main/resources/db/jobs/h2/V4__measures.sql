-- What was measured of the latest successful runs of each job that nobody started by hand: what is usual. A row is
-- written with the end of its run, and outlives it.
create table wb_measure (
  run_id      varchar(26)  not null,
  job         varchar(150) not null,
  ended_at    timestamp(3) with time zone not null,
  duration_ms bigint       not null,
  bytes       bigint       not null,
  files       bigint       not null,
  latency_ms  bigint,                -- null if nothing was checked
  primary key (run_id)
);

create index wb_measure_by_job on wb_measure (job, ended_at);
