create schema continuity;

-- One row per backup that was begun, whatever became of it.
create table continuity.backup (
  id          uuid primary key,
  started_at  timestamptz not null,
  finished_at timestamptz,
  state       text not null check (state in ('running', 'finished', 'failed')),
  file        text not null,
  bytes       bigint,
  sha256      bytea,
  row_count   bigint,
  table_count int,
  -- Places that hold the file, of how many there should be.
  places      int not null default 0,
  of_places   int not null,
  problem     text,
  verified_at timestamptz,
  gone_at     timestamptz
);
create index backup_started on continuity.backup (started_at desc);

-- What an exercise showed: a restore onto a clean place, measured.
-- app: insert select
create table continuity.drill (
  id      uuid primary key,
  kind    text not null check (kind in ('restore')),
  at      timestamptz not null,
  passed  boolean not null,
  backup_id uuid not null,
  recovery_point_seconds double precision not null check (recovery_point_seconds >= 0),
  recovery_time_seconds  double precision not null check (recovery_time_seconds >= 0),
  facts   jsonb not null
);

-- What is promised. A new row replaces the last one; none is ever changed.
-- app: insert select
create table continuity.objective (
  id                     uuid primary key,
  at                     timestamptz not null,
  recovery_point_minutes int not null check (recovery_point_minutes > 0),
  recovery_time_minutes  int not null check (recovery_time_minutes > 0)
);
