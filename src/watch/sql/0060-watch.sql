create schema watch;

-- How far the trail has been evaluated. One row; its lock keeps two evaluators from meeting.
-- app: select update
create table watch.cursor (
  one       boolean primary key default true check (one),
  position  bigint not null default 0,
  evaluated bigint not null default 0,
  -- Rises with every finding made or extended, so that a look needs no row of a controller.
  noticed   bigint not null default 0,
  -- The instant of the newest entry evaluated, and when that was done.
  entry_at  timestamptz,
  turned_at timestamptz
);
insert into watch.cursor default values;

-- Which subjects are canaries is known here and nowhere else: the vault cannot tell them apart.
-- app: insert select delete
create table watch.canary (
  controller_id   uuid not null,
  subject_ordinal int not null,
  planted_at      timestamptz not null,
  primary key (controller_id, subject_ordinal)
);
alter table watch.canary enable row level security;
alter table watch.canary force row level security;
create policy scope on watch.canary
  using (ground.sees(controller_id)) with check (ground.sees(controller_id));

-- What a credential did per hour and address, in counts; a baseline, never evidence.
create table watch.habit (
  actor_kind    text not null,
  actor_id      text not null,
  credential_id uuid,
  source_key    bytea not null,
  hour          timestamptz not null,
  subjects      bigint not null default 0,
  records       bigint not null default 0,
  refused       bigint not null default 0,
  first_at      timestamptz not null,
  last_at       timestamptz not null,
  first_position bigint not null,
  last_position bigint not null,
  unique nulls not distinct (actor_kind, actor_id, credential_id, hour, source_key)
);
create index habit_hour on watch.habit (hour);

-- The subjects a credential saw this hour, 2,048 to a row as bits, so that each counts once.
create table watch.hour_set (
  actor_kind    text not null,
  actor_id      text not null,
  credential_id uuid,
  hour          timestamptz not null,
  controller_id uuid not null,
  chunk         int not null,
  bits          bytea not null check (octet_length(bits) = 256),
  unique nulls not distinct (actor_kind, actor_id, credential_id, hour, controller_id, chunk)
);
alter table watch.hour_set enable row level security;
alter table watch.hour_set force row level security;
create policy scope on watch.hour_set
  using (ground.sees(controller_id)) with check (ground.sees(controller_id));
create index hour_set_hour on watch.hour_set (hour);

-- What a rule saw. Ids and numbers only; labels are looked up where it is shown.
-- app: insert select update
create table watch.finding (
  finding_id     uuid primary key,
  at             timestamptz not null,
  rule           text not null,
  severity       text not null check (severity in ('certain', 'high', 'medium')),
  controller_id  uuid,
  actor_kind     text not null,
  actor_id       text not null,
  credential_id  uuid,
  session_id     uuid,
  source_key     bytea not null,
  sentence       text not null,
  facts          jsonb not null,
  -- The number the sentence turns on; a larger one renews it.
  weight         double precision not null,
  first_at       timestamptz not null,
  last_at        timestamptz not null,
  first_position bigint not null,
  last_position  bigint not null,
  state          text not null default 'open'
    check (state in ('open', 'dismissed', 'incident', 'closed')),
  settled_at     timestamptz,
  settled_by     text,
  -- What a person wrote; it may name people.
  settled_reason bytea,
  -- Made by a check of ours with a canary workload: it proves the watch and opens no incident.
  probe          boolean not null default false
);
alter table watch.finding enable row level security;
alter table watch.finding force row level security;
create policy scope on watch.finding
  using (ground.sees(controller_id)) with check (ground.sees(controller_id));
-- One living finding for a rule and a credential: it is extended, not repeated.
create unique index finding_living on watch.finding (rule, actor_kind, actor_id, credential_id)
  nulls not distinct where state in ('open', 'incident');
create index finding_state on watch.finding (state, at);

-- The sessions in which a finding's evidence lies.
-- app: insert select update
create table watch.trace (
  finding_id     uuid not null references watch.finding,
  credential_id  uuid,
  session_id     uuid,
  source_key     bytea not null,
  first_at       timestamptz not null,
  last_at        timestamptz not null,
  first_position bigint not null,
  last_position  bigint not null,
  entries        bigint not null,
  unique nulls not distinct (finding_id, credential_id, session_id, source_key)
);

-- Canary workloads of our own checks. Their findings prove that the watch sees.
create table watch.probe_actor (
  actor_kind text not null,
  actor_id   text not null,
  primary key (actor_kind, actor_id)
);
