-- Logs of controllers in a restored database, until what they say was erased after the backup is erased again.
-- `placed`: how many entries had their places in the backup.
-- app: insert select update delete
create table vault.restored (
  log    text primary key,
  placed bigint not null check (placed >= 0)
);
