-- Who and what outside of this installation holds the root checkpoint: the copy in the object store,
-- witnesses, timestamp authorities; how far each has come, and since when it fails.
-- app: insert select update delete
create table trail.anchor (
  anchor_id     uuid primary key,
  kind          text not null check (kind in ('copy', 'witness', 'timestamp')),
  name          text not null,
  url           text,
  key           text,
  held_by       text not null,
  every_minutes int not null check (every_minutes between 0 and 1440),
  added_at      timestamptz not null,
  size          bigint,
  signed_at     timestamptz,
  reached_at    timestamptz,
  locked_at     timestamptz,
  failing_since timestamptz,
  failure       text,
  unique (kind, name),
  check ((failing_since is null) = (failure is null)),
  check ((size is null) = (reached_at is null))
);

-- How many leaves of each log lie in which store, as full tiles and bundles.
-- app: insert select update
create table trail.anchored (
  place  text not null,
  prefix text not null,
  leaves bigint not null check (leaves % 256 = 0),
  primary key (place, prefix)
);

-- RFC 3161 tokens over root checkpoints. They outlive the authority's place in trail.anchor.
-- app: insert select
create table trail.timestamp (
  size      bigint not null,
  authority text not null,
  at        timestamptz not null,
  note      text not null,
  token     bytea not null,
  primary key (size, authority)
);
comment on column trail.timestamp.token is 'cipher: hash or signature';
