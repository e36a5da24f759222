-- Which steps a run has begun, and which items they have finished. How a step is doing and what it left behind is
-- written with its attempts, which are the scheduler's rows. A write here is made inside one of the scheduler's
-- fenced transactions, so a node that has lost a run changes nothing.
create table wb_step (
  run_id  varchar(26)  not null,
  step_id varchar(100) not null,
  ordinal integer      not null,
  kind    varchar(100) not null,
  primary key (run_id, step_id)
);

-- One row for each item that a step has finished: a later attempt does not do it again.
create table wb_step_item (
  run_id  varchar(26)   not null,
  step_id varchar(100)  not null,
  item_id varchar(64)   not null, -- SHA-256 of item, because an index entry may not be as long as a path
  item    varchar(4000) not null,
  attempt integer       not null,
  done_at timestamp(6) with time zone not null,
  receipt clob          not null, -- JSON: name, path, size, digest, level of proof, bytes resumed
  primary key (run_id, step_id, item_id)
);
