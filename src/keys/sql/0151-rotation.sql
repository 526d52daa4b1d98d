-- A rotation, under way or done: how far it has come, and the proof that nothing hangs on what it replaced.
-- app: insert select update
create table keys.rotation (
  rotation_id   uuid primary key,
  -- A controller's id, or `house`; the root turns for all. It tells of keys and counts rows, no more.
  ring          text not null,
  family        text not null check (family in ('root', 'wrap', 'seal', 'index', 'data')),
  -- The version it turns to; null for subject keys, which have ids.
  to_version    int,
  -- Running: rows are on their way. Proven: none is left. Done: nothing is left to do.
  state         text not null check (state in ('running', 'proven', 'done')),
  -- Destroys what it replaced as soon as that is safe, and not when its time has come.
  finalise      boolean not null,
  -- Subject keys turn in two: first each subject gets another, then what it owns is sealed under it.
  pass          smallint not null default 1 check (pass in (1, 2)),
  total         int not null check (total >= 0),
  moved         int not null default 0,
  -- The last ordinal looked at, where rows are gone through in order, and the last one to look at.
  cursor        int not null default 0,
  until         int,
  -- Rows that hung on the old key when it was last counted.
  left_over     int,
  not_before    timestamptz not null,
  started_at    timestamptz not null,
  moved_at      timestamptz not null,
  ended_at      timestamptz,
  check ((state = 'done') = (ended_at is not null)),
  check (state = 'running' or left_over = 0)
);
-- One at a time of each family of a ring.
create unique index rotation_running
  on keys.rotation (ring, family) where state <> 'done';
create index rotation_started on keys.rotation (started_at desc);

-- A subject has one live key, and beside it those it had before: older backups were sealed under them.
alter table keys.subject_key add column retired_at timestamptz;
alter table keys.subject_key drop constraint subject_key_subject_id_key;
create unique index subject_key_live on keys.subject_key (subject_id) where retired_at is null;
create index subject_key_retired on keys.subject_key (subject_id) where retired_at is not null;
