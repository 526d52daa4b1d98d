-- Statements are read some at a time, by id from one on.
create index entry_statement_id on trail.entry (log, id) where statement is not null;
drop index trail.entry_statement;
