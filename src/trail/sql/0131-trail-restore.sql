-- What a restored database may not do before it is whole again, or says what it has lost.

-- Since when the rows are those of a backup, and of which; null once that is settled.
alter table trail.state add restored_at timestamptz;
alter table trail.state add restored_from text;

-- The names the log has gone on under after a loss; the first needs no row.
-- app: insert select
create table trail.succession (
  generation int primary key check (generation > 1),
  at         timestamptz not null
);

-- What a succession gave up: the last checkpoint of each log that is known outside of the database.
-- app: insert select
create table trail.succession_log (
  generation int not null references trail.succession,
  log        text not null,
  -- Leaves that are left of it; null where the log itself is gone.
  kept_size  bigint,
  lost_note  text,
  primary key (generation, log)
);

-- The generation whose origin a checkpoint bears.
alter table trail.checkpoint add generation int not null default 1;

-- How much of entries and checkpoints lies in each place outside.
-- app: insert select update
create table trail.copied (
  place       text primary key,
  position    bigint not null default 0,
  root_index  bigint not null default 0,
  at          timestamptz not null,
  swept_at    timestamptz not null,
  failed_at   timestamptz,
  problem     text,
  check ((failed_at is null) = (problem is null))
);
