-- Under which version of the controller's index key each blind index was made: a rotation makes the
-- older ones anew, and destroys their key once none is left.
alter table vault.subject add column index_version int not null default 1 check (index_version > 0);
alter table vault.field_index
  add column index_version int not null default 1 check (index_version > 0);
create index subject_index_version on vault.subject (controller_id, index_version)
  where key_index is not null;
create index field_index_version on vault.field_index (controller_id, index_version);
