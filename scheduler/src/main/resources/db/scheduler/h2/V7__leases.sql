-- Names that one live owner at a time has, such as the watch over a source.
create table wb_lease (
  name        varchar(300) not null primary key,
  -- of its owner, who is alive as wb_owner tells; empty if it was let go
  incarnation varchar(26)  not null,
  -- the fencing token: one more with each owner
  token       bigint       not null
);
