create schema keys;

-- Which keyring the data belongs to, written at the first start: another one must not open it.
-- app: insert select
create table keys.keyring (
  only_one   boolean primary key default true check (only_one),
  id         uuid not null,
  created_at timestamptz not null
);

-- One data key per subject, wrapped by its controller's ring. No row, no key: the subject is erased.
create table keys.subject_key (
  id            uuid primary key,
  controller_id uuid not null,
  subject_id    uuid not null unique,
  kek_version   int not null check (kek_version > 0),
  wrapped       bytea not null check (octet_length(wrapped) = 73),
  commitment    bytea not null check (octet_length(commitment) = 32),
  created_at    timestamptz not null
);
create index subject_key_version on keys.subject_key (controller_id, kek_version);
alter table keys.subject_key enable row level security;
alter table keys.subject_key force row level security;
create policy scope on keys.subject_key
  using (ground.sees(controller_id)) with check (ground.sees(controller_id));

-- The erasure ledger: whose key was destroyed, when, by which action. It names nobody.
-- app: insert select
create table keys.erasure (
  key_id        uuid primary key,
  controller_id uuid not null,
  subject_id    uuid not null unique,
  commitment    bytea not null check (octet_length(commitment) = 32),
  at            timestamptz not null,
  reason        text not null
);
alter table keys.erasure enable row level security;
alter table keys.erasure force row level security;
create policy scope on keys.erasure
  using (ground.sees(controller_id)) with check (ground.sees(controller_id));

-- Erasures that are not yet in the ledger's file outside the database.
-- app: insert select delete
create table keys.unexported_erasure (
  key_id uuid primary key references keys.erasure
);

-- Known plaintext, sealed as everything is: the check of encryption at rest looks for it everywhere.
create table keys.canary (
  id      uuid primary key,
  at      timestamptz not null,
  sealed  bytea not null
);
