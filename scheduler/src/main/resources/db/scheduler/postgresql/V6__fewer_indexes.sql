-- Runs of an owner or a limit are only asked for while they are unfinished, and of those there are few: wb_run_by_state finds them. H2 used the
-- first column of these alone, and so read all of the owner's or limit's history, even where the id of the run was given.
drop index wb_run_by_limit;
drop index wb_run_by_owner;
