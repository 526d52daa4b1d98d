-- An identity provider people may sign in by (OpenID Connect). Its client secret is sealed.
-- app: select insert update
create table identity.provider (
  id              uuid primary key,
  name            text not null check (length(name) between 1 and 100),
  issuer          text not null,
  client_id       text not null,
  client_secret   bytea,
  strong_amr      text[] not null,
  strong_acr      text[] not null,
  group_claim     text not null,
  group_roles     jsonb not null,
  links_by_email  boolean not null,
  makes_accounts  boolean not null,
  created_by      text not null,
  created_at      timestamptz not null,
  disabled_at     timestamptz
);
comment on column identity.provider.client_secret is 'cipher: XAES-256-GCM under the ring';
create unique index provider_name on identity.provider (lower(name)) where disabled_at is null;

-- Whom a provider knows under which subject. The subject is kept only as a keyed hash.
-- app: select insert update
create table identity.provider_person (
  provider_id uuid not null references identity.provider on delete cascade,
  subject_key bytea not null check (octet_length(subject_key) = 32),
  person_id   uuid not null references identity.person on delete cascade,
  linked_at   timestamptz not null,
  primary key (provider_id, subject_key),
  unique (provider_id, person_id)
);

-- A sign-in that was sent to its provider and has not come back. Bound to the browser it began in.
-- app: select insert delete
create table identity.provider_attempt (
  state_hash   bytea primary key check (octet_length(state_hash) = 32),
  provider_id  uuid not null references identity.provider on delete cascade,
  browser_hash bytea not null check (octet_length(browser_hash) = 32),
  checks       bytea not null,
  expires_at   timestamptz not null
);
comment on column identity.provider_attempt.checks is 'cipher: XAES-256-GCM under the ring';
create index provider_attempt_expiry on identity.provider_attempt (expires_at);
