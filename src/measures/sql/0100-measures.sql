-- What checks saw. Nothing here is ever changed or deleted: a verdict is computed from it when asked for.
create schema measures;

-- app: insert select
create table measures.observation (
  id         uuid primary key,
  measure_id text not null,
  -- since when what was seen has been so
  covers     timestamptz not null,
  -- when the check looked
  collected  timestamptz not null,
  -- when the house wrote it down
  received   timestamptz not null,
  -- the database's own clock; the cadence goes by it alone, so that two clocks never race
  written    timestamptz not null default now(),
  outcome    text not null check (outcome in ('pass', 'fail', 'error')),
  n          int not null,
  "of"       int not null,
  finding    text not null,
  facts      jsonb not null,
  probe      jsonb,
  -- SHA-256 of the check's code
  code_hash  bytea
);
create index observation_latest on measures.observation (measure_id, received desc, id desc);

-- Which entry of the trail tells of an observation. The entry's id is known only once the
-- observation is committed, so it stands in a row of its own.
-- app: insert select
create table measures.citation (
  observation_id uuid primary key references measures.observation,
  entry_id       uuid not null
);

-- A person accepts, for a time, that a measure is not proven or does not apply.
-- app: select insert update
create table measures.exception (
  id          uuid primary key,
  measure_id  text not null,
  kind        text not null check (kind in ('accepted', 'not-applicable')),
  reason      text not null,
  approved_by uuid not null,
  approved_at timestamptz not null,
  expires     timestamptz not null check (expires > approved_at),
  ended_at    timestamptz,
  ended_by    uuid
);
create index exception_of_measure on measures.exception (measure_id, id);
