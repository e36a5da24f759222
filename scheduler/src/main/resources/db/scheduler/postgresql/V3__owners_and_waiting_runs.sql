-- Processes that hold runs, where several share the store. One is alive until alive_until, by the
-- database's own clock; it moves that on while it lives.
create table wb_owner (
  incarnation char(26)     not null primary key,
  node        varchar(200) not null,
  -- the name again while it is a daemon: one live daemon of a name
  daemon      varchar(200) unique,
  began_at    timestamp(3) with time zone not null,
  alive_until timestamp(3) with time zone not null
);

-- One row for each name whose runs are counted before another may work; locked meanwhile.
create table wb_gate (
  name varchar(160) not null primary key
);

-- The job sets that daemons came with; the newest that a live daemon has is the one that counts.
create table wb_job_set (
  hash     char(64) not null primary key,
  first_at timestamp(3) with time zone not null
);
alter table wb_owner add column job_set char(64);

alter table wb_run drop column lease_until;
-- the limit that it counts in while it is at work
alter table wb_run add column limit_name varchar(150);
-- when it goes on, if it waits for its next attempt and nobody holds it
alter table wb_run add column due_at timestamp(3) with time zone;
-- why it is to end, if somebody asked while it was unfinished
alter table wb_run add column ending varchar(500);
-- the run that it is a shard of
alter table wb_run add column parent char(26);

-- attempts under older tokens count no more: what they left was on a node that is gone
alter table wb_run add column restart_token bigint not null default 0;

create index wb_run_by_limit on wb_run (limit_name, state);
create index wb_run_by_owner on wb_run (incarnation, state);
create index wb_run_by_parent on wb_run (parent);
