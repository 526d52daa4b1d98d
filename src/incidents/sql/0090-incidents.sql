create schema incidents;

-- What the house does by itself, by a finding's severity.
-- app: select update
create table incidents.policy (
  severity     text primary key check (severity in ('certain', 'high')),
  auto_contain boolean not null
);
insert into incidents.policy values ('certain', true), ('high', false);

-- How much of the watch's news the respondent has dealt with.
-- app: select update
create table incidents.respondent (
  one     boolean primary key default true check (one),
  noticed bigint not null default 0
);
insert into incidents.respondent default values;

-- The title is ours and names no one; what people write is sealed in the timeline.
-- app: insert select update
create table incidents.incident (
  incident_id  uuid primary key,
  number       int generated always as identity unique,
  opened_at    timestamptz not null,
  title        text not null,
  state        text not null
    check (state in ('reported', 'assessing', 'contained', 'notified', 'closed')),
  severity     text not null check (severity in ('certain', 'high', 'medium', 'low')),
  origin       text not null check (origin in ('finding', 'person', 'public', 'alert')),
  -- Concerns only what the house made for a drill or a check: nothing of it is ever sent out.
  synthetic    boolean not null default false,
  -- Made by a check of ours that tries the doors; left out of lists.
  hidden       boolean not null default false,
  -- The key under which an outside alert comes again.
  dedup_key    text,
  -- The respondent has something left to do by itself: contain, count, draft.
  due          boolean not null default false,
  contained_at timestamptz,
  closed_at    timestamptz,
  check ((state = 'closed') = (closed_at is not null))
);
create index incident_due on incidents.incident (due) where due;
create unique index incident_dedup on incidents.incident (dedup_key)
  where dedup_key is not null and state <> 'closed';

-- The timeline. It only grows; a correction is a further line.
-- app: insert select
create table incidents.incident_event (
  event_id    uuid primary key,
  incident_id uuid not null references incidents.incident,
  seq         bigint generated always as identity,
  at          timestamptz not null,
  actor_kind  text not null,
  actor_id    text not null,
  kind        text not null,
  sentence    text not null,
  facts       jsonb not null default '{}',
  -- Text of a person or of an outside tool; it may name people.
  sealed      bytea
);
create index incident_event_incident on incidents.incident_event (incident_id, seq);

-- app: insert select
create table incidents.incident_finding (
  finding_id  uuid primary key,
  incident_id uuid not null references incidents.incident
);
create index incident_finding_incident on incidents.incident_finding (incident_id);

-- Whom an incident is about. A row without session and address stands for the whole credential or
-- actor; `certain` says that evidence lies in that very session.
-- app: insert select update
create table incidents.suspect (
  incident_id   uuid not null references incidents.incident,
  actor_kind    text not null,
  actor_id      text not null,
  credential_id uuid,
  session_id    uuid,
  source_key    bytea,
  certain       boolean not null,
  first_at      timestamptz,
  last_at       timestamptz,
  unique nulls not distinct (incident_id, actor_kind, actor_id, credential_id, session_id, source_key)
);

-- Each step of a cut, with its seconds and whether it held.
-- app: insert select
create table incidents.containment (
  step_id     uuid primary key,
  incident_id uuid not null references incidents.incident,
  actor_kind  text not null,
  actor_id    text not null,
  step        text not null check (step in ('snapshot', 'probe-before', 'cut', 'probe-after')),
  started_at  timestamptz not null,
  ended_at    timestamptz not null,
  seconds     double precision not null check (seconds >= 0),
  held        boolean not null,
  sentence    text not null,
  facts       jsonb not null
);
create index containment_incident on incidents.containment (incident_id, started_at);

-- What was secured before the cut. The digest is SHA-256 over the canonical JSON of the body.
-- app: insert select
create table incidents.evidence (
  evidence_id uuid primary key,
  incident_id uuid not null references incidents.incident,
  at          timestamptz not null,
  kind        text not null,
  body        jsonb not null,
  digest      bytea not null check (octet_length(digest) = 32)
);
create index evidence_incident on incidents.evidence (incident_id, at);

-- Counts of who is affected, version by version, and what they were counted from.
-- app: insert select
create table incidents.scope (
  scope_id      uuid primary key,
  incident_id   uuid not null references incidents.incident,
  version       int not null,
  at            timestamptz not null,
  -- The entries looked at: those up to this position of the trail.
  head_position bigint not null,
  result        jsonb not null,
  diff          jsonb not null,
  digest        bytea not null check (octet_length(digest) = 32),
  seconds       double precision not null,
  unique (incident_id, version)
);

-- A deadline, from the instant it began to run. It is never changed; what becomes of it is appended.
-- app: insert select
create table incidents.clock (
  clock_id      uuid primary key,
  incident_id   uuid not null references incidents.incident,
  controller_id uuid not null,
  kind          text not null check (kind in ('contract', 'target', 'bound')),
  basis         text not null check (basis in ('certain', 'possible')),
  hours         int not null check (hours > 0),
  started_at    timestamptz not null,
  due_at        timestamptz not null,
  unique (incident_id, controller_id, kind)
);
alter table incidents.clock enable row level security;
alter table incidents.clock force row level security;
create policy scope on incidents.clock
  using (ground.sees(controller_id)) with check (ground.sees(controller_id));

-- app: insert select
create table incidents.clock_event (
  event_id   uuid primary key,
  clock_id   uuid not null references incidents.clock,
  seq        bigint generated always as identity,
  at         timestamptz not null,
  kind       text not null check (kind in ('met', 'late-reason', 'not-applicable')),
  actor_kind text not null,
  actor_id   text not null,
  sealed     bytea
);
create index clock_event_clock on incidents.clock_event (clock_id, seq);

-- One notice to one controller. Numbers and ids only; contacts stay sealed in the vault.
-- app: insert select update
create table incidents.notice (
  notice_id       uuid primary key,
  incident_id     uuid not null references incidents.incident,
  controller_id   uuid not null,
  scope_id        uuid not null references incidents.scope,
  version         int not null,
  phase           text not null check (phase in ('initial', 'update', 'final')),
  state           text not null check (state in
                    ('draft', 'approved', 'sent', 'withheld', 'acknowledged', 'superseded')),
  -- Approved although something is still missing: it says so, and more will follow.
  partial         boolean not null default false,
  -- A person has put it into words of their own; a recount keeps them.
  worded          boolean not null default false,
  body            jsonb not null,
  pdf             bytea,
  pdf_digest      bytea,
  created_at      timestamptz not null,
  approved_at     timestamptz,
  approved_by     text,
  sent_at         timestamptz,
  acknowledged_at timestamptz,
  unique (incident_id, controller_id, version),
  check ((pdf is null) = (pdf_digest is null)),
  check (state in ('draft', 'superseded') or pdf is not null)
);
alter table incidents.notice enable row level security;
alter table incidents.notice force row level security;
create policy scope on incidents.notice
  using (ground.sees(controller_id)) with check (ground.sees(controller_id));

-- app: insert select
create table incidents.delivery (
  delivery_id   uuid primary key,
  notice_id     uuid not null references incidents.notice,
  controller_id uuid not null,
  at            timestamptz not null,
  -- Keyed hash of the address, so that a second try knows who has it already.
  recipient     bytea,
  outcome       text not null check (outcome in ('accepted', 'failed', 'withheld')),
  -- The mail server's answer; it may quote the address.
  sealed        bytea,
  check ((recipient is null) = (outcome = 'withheld'))
);
create index delivery_notice on incidents.delivery (notice_id, at);
alter table incidents.delivery enable row level security;
alter table incidents.delivery force row level security;
create policy scope on incidents.delivery
  using (ground.sees(controller_id)) with check (ground.sees(controller_id));

-- A statement to a controller that an incident did not reach it.
-- app: insert select
create table incidents.all_clear (
  all_clear_id  uuid primary key,
  incident_id   uuid not null references incidents.incident,
  controller_id uuid not null,
  scope_id      uuid not null references incidents.scope,
  at            timestamptz not null,
  body          jsonb not null,
  pdf           bytea not null
);
alter table incidents.all_clear enable row level security;
alter table incidents.all_clear force row level security;
create policy scope on incidents.all_clear
  using (ground.sees(controller_id)) with check (ground.sees(controller_id));

-- What a reporter holds in hand.
-- app: insert select
create table incidents.report (
  receipt     text primary key,
  incident_id uuid not null references incidents.incident,
  at          timestamptz not null
);

-- The figures an exercise left.
-- app: insert select
create table incidents.drill (
  drill_id uuid primary key,
  kind     text not null,
  at       timestamptz not null,
  seconds  jsonb not null,
  equal    boolean not null,
  facts    jsonb not null
);
create index drill_kind on incidents.drill (kind, at);
