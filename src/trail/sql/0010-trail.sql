create schema trail;

-- One row per act, refusal or fault. Never changed after insert; what it says is bound by `leaf`.
-- app: insert select
create table trail.entry (
  id            uuid primary key,
  log           text not null,
  at            timestamptz not null,
  actor_kind    text not null
    check (actor_kind in ('person', 'workload', 'house', 'operator', 'anonymous')),
  actor_id      text not null,
  session_id    uuid,
  credential_id uuid,
  controller_id uuid,
  action        text not null,
  outcome       text not null check (outcome in ('done', 'refused', 'failed')),
  code          text,
  purpose       text,
  subjects      int not null check (subjects >= 0),
  records       int not null check (records >= subjects),
  categories    int not null check (categories >= 0),
  touched       bytea,
  source_key    bytea not null check (octet_length(source_key) = 32),
  body          bytea not null check (octet_length(body) <= 1024),
  leaf          bytea not null check (octet_length(leaf) = 32),
  payload       bytea not null,
  check (log = coalesce(controller_id::text, 'house')),
  check ((touched is null) = (records = 0))
);
alter table trail.entry alter payload set storage external;
create index entry_at on trail.entry using brin (at);
create index entry_actor on trail.entry (actor_id, at);
create index entry_session on trail.entry (session_id, at) where session_id is not null;
create index entry_credential on trail.entry (credential_id, at) where credential_id is not null;
create index entry_source on trail.entry (source_key, at);

-- The integrator's queue: committed with its entry, gone once the entry has a place in its tree.
-- app: insert select delete
create table trail.pending (
  id   uuid primary key,
  log  text not null,
  leaf bytea not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

-- The place of each entry: dense per log, and dense over all logs in the order of integration.
-- app: insert select
create table trail.sequence (
  position bigint primary key,
  log      text not null,
  idx      bigint not null,
  id       uuid not null unique,
  unique (log, idx)
);

-- The head of each tree, and how much of it is signed.
-- app: insert select update
create table trail.log (
  log         text primary key,
  size        bigint not null check (size > 0),
  root        bytea not null check (octet_length(root) = 32),
  signed_size bigint not null default 0 check (signed_size between 0 and size),
  signed_at   timestamptz
);
create index log_unsigned on trail.log (log) where size > signed_size;

-- C2SP tlog-tiles hash tiles, one row each; a narrower partial tile is a prefix of the row.
-- app: insert select update
create table trail.tile (
  log    text not null,
  level  int not null,
  n      bigint not null,
  hashes bytea not null check (octet_length(hashes) between 32 and 8192),
  primary key (log, level, n)
);
alter table trail.tile alter hashes set storage external;

-- Every checkpoint ever signed. Those of other trees than the root are leaves of the root tree.
-- app: insert select
create table trail.checkpoint (
  log        text not null,
  size       bigint not null,
  root       bytea not null,
  at         timestamptz not null,
  note       text not null,
  root_index bigint unique,
  primary key (log, size),
  check ((log = 'root') = (root_index is null))
);
create index checkpoint_at on trail.checkpoint (log, at);

-- Further signature lines of a checkpoint: ML-DSA-44 on the root. Old ones may go.
-- app: insert select delete
create table trail.cosignature (
  log  text not null,
  size bigint not null,
  name text not null,
  kind int not null,
  line text not null,
  primary key (log, size, name, kind),
  foreign key (log, size) references trail.checkpoint
);

-- Who signs. The origin is fixed at first start, so that no later setting can fork a log's name.
-- app: insert select
create table trail.signer (
  one              boolean primary key default true check (one),
  origin_prefix    text not null,
  at               timestamptz not null,
  ed25519_public   bytea not null,
  ed25519_sealed   bytea not null,
  ml_dsa_44_public bytea not null,
  ml_dsa_44_sealed bytea not null
);

-- One row: the integrator's fence and counter, and why signing is refused, if it is.
-- app: select update
create table trail.state (
  one             boolean primary key default true check (one),
  position        bigint not null default 0,
  refused_at      timestamptz,
  refused_because text,
  check ((refused_at is null) = (refused_because is null))
);
insert into trail.state default values;
