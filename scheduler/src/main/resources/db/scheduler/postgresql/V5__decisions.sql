-- What was decided about the moment of a run that did not begin in time, for a person; the message is what became of the run.
alter table wb_run add column decision varchar(500) default '' not null;
