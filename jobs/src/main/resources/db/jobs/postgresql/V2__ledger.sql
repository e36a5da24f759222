-- What triggers look at, and when something came there.
create table wb_source (
  job          varchar(150)  not null,
  id           varchar(64)   not null,
  name         varchar(1000) not null,
  first_at     timestamp(3) with time zone not null,
  last_at      timestamp(3) with time zone,
  -- when somebody had items of it forgotten, which are then looked for again
  forgotten_at timestamp(3) with time zone,
  -- what the directory was known by when something came there last; another one is no longer mounted
  directory    varchar(500),
  primary key (job, id)
);

-- What triggers have found: each version of a file, each message. A row is written before a run is given it, with the run, and with the end of the
-- run or of its steps for this item.
create table wb_item (
  job              varchar(150)  not null,
  id               varchar(64)   collate "C" not null, -- SHA-256 of what it is
  source           varchar(64)   not null,
  place            varchar(64)   not null, -- SHA-256 of where it is, where a later one takes its place
  name             varchar(1000) not null,
  rank             varchar(500)  collate "C" not null, -- by which those that wait are ordered
  state            varchar(16)   not null,
  run_id           varchar(26),            -- that has it, or had it last
  failures         integer       not null,
  message          varchar(2000) not null,
  quarantine_after integer       not null,
  found_at         timestamp(3) with time zone not null,
  changed_at       timestamp(3) with time zone not null,
  due_at           timestamp(3) with time zone, -- when it is taken again, of what has failed
  item             text not null, -- JSON
  primary key (job, id)
);

create index wb_item_by_state on wb_item (job, source, state, rank, id);
create index wb_item_by_place on wb_item (job, source, place);
create index wb_item_by_run on wb_item (run_id);
