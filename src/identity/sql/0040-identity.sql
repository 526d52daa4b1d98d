create schema identity;

-- Whoever can be granted something. Canaries belong to a running check and go when it ends.
create table identity.actor (
  id               uuid primary key,
  kind             text not null check (kind in ('person', 'workload')),
  canary           boolean not null default false,
  created_at       timestamptz not null,
  last_used_at     timestamptz,
  disabled_at      timestamptz,
  disabled_because text,
  check ((disabled_at is null) = (disabled_because is null)),
  unique (id, kind)
);

-- Name and e-mail are sealed; an e-mail is found again by its keyed index.
create table identity.person (
  id              uuid primary key references identity.actor on delete cascade,
  kind            text not null default 'person' check (kind = 'person'),
  name            bytea not null,
  email           bytea not null,
  email_index     bytea not null unique,
  password_hash   text,
  password_set_at timestamptz,
  foreign key (id, kind) references identity.actor (id, kind) on delete cascade
);

create table identity.workload (
  id          uuid primary key references identity.actor on delete cascade,
  kind        text not null default 'workload' check (kind = 'workload'),
  name        text not null unique check (length(name) between 1 and 100),
  environment text not null check (environment in ('production', 'staging', 'development')),
  foreign key (id, kind) references identity.actor (id, kind) on delete cascade
);

-- A workload's token: only its SHA-256 is kept.
create table identity.credential (
  id           uuid primary key,
  workload_id  uuid not null references identity.workload on delete cascade,
  label        text not null check (length(label) between 1 and 100),
  token_hash   bytea not null check (octet_length(token_hash) = 32),
  created_at   timestamptz not null,
  expires_at   timestamptz not null check (expires_at > created_at),
  revoked_at   timestamptz,
  last_used_at timestamptz
);
create index credential_workload on identity.credential (workload_id);

-- What a person proves besides the password. A TOTP seed is sealed; a passkey is a public key.
create table identity.factor (
  id           uuid primary key,
  person_id    uuid not null references identity.person on delete cascade,
  kind         text not null check (kind in ('totp', 'passkey')),
  seed         bytea,
  last_step    bigint,
  passkey_id   text unique,
  public_key   bytea,
  counter      bigint,
  transports   text[],
  created_at   timestamptz not null,
  last_used_at timestamptz,
  check ((kind = 'totp') = (seed is not null)),
  check ((kind = 'passkey') = (passkey_id is not null and public_key is not null and counter is not null))
);
create index factor_person on identity.factor (person_id);

create table identity.recovery_code (
  person_id uuid not null references identity.person on delete cascade,
  code_hash bytea not null check (octet_length(code_hash) = 32),
  used_at   timestamptz,
  primary key (person_id, code_hash)
);

-- The token is in the cookie; only its SHA-256 is kept, and changes with every change of assurance.
create table identity.session (
  id            uuid primary key,
  person_id     uuid not null references identity.person on delete cascade,
  token_hash    bytea not null unique check (octet_length(token_hash) = 32),
  assurance     smallint not null check (assurance in (1, 2)),
  source        bytea not null,
  started_at    timestamptz not null,
  last_seen_at  timestamptz not null,
  expires_at    timestamptz not null,
  ended_at      timestamptz,
  ended_because text,
  check ((ended_at is null) = (ended_because is null))
);
create index session_person on identity.session (person_id) where ended_at is null;

create table identity.role (
  name        text primary key check (name ~ '^[a-z][a-z0-9-]{1,49}$'),
  description text not null,
  actions     text[] not null check (cardinality(actions) > 0),
  privileged  boolean not null,
  built_in    boolean not null default false
);

-- A role in somebody's hands. Null means all; an empty list is never stored.
create table identity.grant (
  id              uuid primary key,
  actor_id        uuid not null references identity.actor on delete cascade,
  role_name       text not null references identity.role,
  controllers     uuid[] check (cardinality(controllers) > 0),
  categories      text[] check (cardinality(categories) > 0),
  purposes        text[] check (cardinality(purposes) > 0),
  created_by      text not null,
  created_at      timestamptz not null,
  expires_at      timestamptz check (expires_at > created_at),
  revoked_at      timestamptz,
  revoked_because text,
  last_used_at    timestamptz,
  check ((revoked_at is null) = (revoked_because is null))
);
create index grant_actor on identity.grant (actor_id) where revoked_at is null;
create index grant_role on identity.grant (role_name) where revoked_at is null;

-- A lock stops an actor at once and until somebody else lifts it. The reason is sealed.
create table identity.lock (
  id         uuid primary key,
  actor_id   uuid not null references identity.actor on delete cascade,
  reason     bytea not null,
  locked_by  text not null,
  locked_at  timestamptz not null,
  sessions   uuid[] not null,
  credentials uuid[] not null,
  lifted_by  text,
  lifted_at  timestamptz,
  check ((lifted_at is null) = (lifted_by is null))
);
create unique index lock_standing on identity.lock (actor_id) where lifted_at is null;

-- A link somebody may enrol by, once.
create table identity.enrolment (
  id         uuid primary key,
  kind       text not null check (kind in ('first-administrator', 'invitation')),
  role_names text[] not null,
  token_hash bytea not null unique check (octet_length(token_hash) = 32),
  seed       bytea,
  canary     boolean not null default false,
  created_by text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at   timestamptz,
  person_id  uuid references identity.person on delete set null
);

-- A passkey signs this once: for a sign-in alone, a session's second factor, or an enrolment.
create table identity.challenge (
  id           uuid primary key,
  challenge    text not null,
  session_id   uuid references identity.session on delete cascade,
  enrolment_id uuid references identity.enrolment on delete cascade,
  expires_at   timestamptz not null
);

-- Attempts by account and by source address, each under a keyed hash.
create table identity.throttle (
  key      bytea primary key check (octet_length(key) = 32),
  since    timestamptz not null,
  attempts int not null
);

-- An access review: its population is frozen, with the SHA-256 of it.
create table identity.review (
  id         uuid primary key,
  title      text not null,
  created_by text not null,
  created_at timestamptz not null,
  due_at     timestamptz not null check (due_at > created_at),
  population bytea not null check (octet_length(population) = 32),
  canary     boolean not null default false,
  closed_at  timestamptz
);

create table identity.review_item (
  review_id  uuid not null references identity.review on delete cascade,
  grant_id   uuid not null references identity.grant on delete cascade,
  decision   text check (decision in ('keep', 'revoke', 'unanswered')),
  decided_by text,
  decided_at timestamptz,
  primary key (review_id, grant_id),
  check ((decision is null) = (decided_at is null) and (decision is null) = (decided_by is null))
);

-- How far the trail has been read for the use of grants.
create table identity.usage (
  one      boolean primary key default true check (one),
  position bigint not null default 0
);
insert into identity.usage default values;

insert into identity.role (name, description, actions, privileged, built_in) values
  ('administrator', 'Runs the house: people, controllers, keys, gate, backups. Sees personal data masked.',
   '{identity.*,trail.*,keys.*,gate.*,watch.*,continuity.*,governance.*,incidents.*,measures.*,
     vault.controller.*,vault.retention.*,vault.subject.*,vault.import.*,
     vault.record.put,vault.record.import,vault.record.read,vault.record.export}', true, true),
  ('security', 'Watches, contains and investigates: the trail, findings, incidents, locks, reviews.',
   '{trail.*,gate.*,watch.*,incidents.*,measures.*,keys.overview.read,keys.store.list,
     identity.person.list,identity.person.disable,identity.workload.list,identity.workload.disable,
     identity.credential.list,identity.credential.revoke,identity.lock.*,identity.access.*,
     identity.role.list,identity.grant.list,identity.grant.revoke,identity.review.*}', true, true),
  ('privacy', 'Data protection officer: contracts, data subjects'' requests in full, notices, evidence.',
   '{trail.*,governance.*,incidents.*,measures.*,vault.controller.*,vault.retention.*,vault.subject.*,
     vault.import.list,vault.import.read,vault.record.read,vault.record.reveal,vault.record.export}', true, true),
  ('support', 'Helps data subjects: finds them and reads their records, masked.',
   '{vault.controller.read,vault.subject.find,vault.subject.list,vault.record.read}', true, true),
  ('auditor', 'Reads what proves the measures, and nothing about data subjects.',
   '{trail.entry.list,trail.log.list,trail.log.verify,trail.log.walk,measures.annex.read,
     measures.annex.print,measures.annex.tabulate,measures.measure.read,keys.overview.read,
     keys.store.list,gate.state.read,continuity.backup.list,continuity.backup.read,
     continuity.drill.list,continuity.objective.read,governance.register.list,
     governance.vendor.list,governance.contract.list,governance.training.list,
     governance.vulnerability.list,governance.penetration-test.list,governance.change.list,
     governance.release.list,governance.site.list,governance.endpoint.list,
     incidents.incident.list,incidents.incident.read,watch.finding.list,watch.finding.read,
     identity.role.list,identity.grant.list,identity.access.who,identity.access.read,
     identity.review.list,identity.review.read}', true, true),
  ('controller-reader', 'Reads the state and contract of the controllers it is granted for.',
   '{vault.controller.read,vault.retention.preview}', false, true),
  ('canary', 'What a check''s own workload may do while it looks.',
   '{identity.role.list}', false, true);
