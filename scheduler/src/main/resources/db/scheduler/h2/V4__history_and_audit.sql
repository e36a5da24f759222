-- The end of a run's log. The whole of it is a file of the node that ran it, and goes first when a disk does.
create table wb_run_log (
  run_id char(26) not null primary key references wb_run (id) on delete cascade,
  -- UTF-8; bytes, because a log may hold characters that a text column refuses
  tail   varbinary(262144) not null,
  -- whether more stood before it
  is_cut boolean not null
);

-- Who did what. Rows are only ever added, and the oldest taken away: each holds the hash of the one before it.
create table wb_audit (
  number      bigint       not null primary key,
  written_at  timestamp(3) with time zone not null,
  who         varchar(200) not null,
  action      varchar(60)  not null,
  subject     varchar(300) not null,
  detail      varchar      not null,
  before_hash char(64)     not null,
  hash        char(64)     not null
);

create index wb_audit_by_time on wb_audit (written_at);

-- Both ends of the chain, in one row, which comes with the first row of the audit.
create table wb_audit_chain (
  name           varchar(10) not null primary key,
  -- number and hash of the latest row that was taken away; 0 and zeros while none was
  pruned_number  bigint      not null,
  pruned_hash    char(64)    not null,
  last_number    bigint      not null,
  last_hash      char(64)    not null
);

-- What the jobs were when a daemon last started, so that the next start can tell what has changed.
create table wb_job_definition (
  job  varchar(150) not null primary key,
  -- empty for a job that was not read from a file
  hash varchar(64)  not null
);
