create schema vault;

-- A controller: a tenant. Its facts stand in the newest row of vault.contract.
create table vault.controller (
  controller_id uuid primary key,
  state         text not null default 'active' check (state in ('active', 'leaving', 'left')),
  -- Made by the house for drills and checks; never a real customer.
  synthetic     boolean not null default false,
  -- Left out of lists: the canary that checks live in.
  hidden        boolean not null default false,
  -- Version of the contract in force.
  version       integer not null default 1,
  -- Ordinals are dense per controller, start at 1 and are never given twice.
  next_subject  integer not null default 1,
  next_record   integer not null default 1,
  created_at    timestamptz not null,
  left_at       timestamptz,
  check (hidden <= synthetic),
  check ((state = 'left') = (left_at is not null))
);
create unique index controller_hidden on vault.controller (hidden) where hidden and state = 'active';
alter table vault.controller enable row level security;
alter table vault.controller force row level security;
create policy scope on vault.controller
  using (ground.sees(controller_id)) with check (ground.sees(controller_id));

-- What was agreed, version by version. An agreed version never changes.
-- app: select insert
create table vault.contract (
  controller_id uuid not null references vault.controller,
  version       integer not null,
  -- name, country, categories with bits and fields, purposes, noticeHours, subjectKinds
  facts         jsonb not null,
  -- Breach contacts (names, e-mail addresses), sealed under the house's ring.
  contacts      bytea not null,
  agreed_at     timestamptz not null,
  primary key (controller_id, version)
);
alter table vault.contract enable row level security;
alter table vault.contract force row level security;
create policy scope on vault.contract
  using (ground.sees(controller_id)) with check (ground.sees(controller_id));

-- A data subject under a pseudonym. Once erased, only id and ordinal remain.
create table vault.subject (
  controller_id uuid not null references vault.controller,
  subject_id    uuid not null,
  ordinal       integer not null,
  -- Blind index of the controller's own identifier, and the identifier itself, under the subject's key.
  key_index     bytea,
  key_sealed    bytea,
  -- The data key that sealed the identifier.
  key_id        uuid,
  -- GDPR Art. 18: kept, but not read or changed.
  restricted    boolean not null default false,
  -- Legal hold: nothing of the subject is erased.
  held          boolean not null default false,
  created_at    timestamptz not null,
  erased_at     timestamptz,
  primary key (controller_id, subject_id),
  check ((erased_at is null) = (key_index is not null)),
  check ((erased_at is null) = (key_sealed is not null)),
  check (erased_at is null or not held)
);
create unique index subject_ordinal on vault.subject (controller_id, ordinal);
create unique index subject_key on vault.subject (controller_id, key_index) where key_index is not null;
alter table vault.subject enable row level security;
alter table vault.subject force row level security;
create policy scope on vault.subject
  using (ground.sees(controller_id)) with check (ground.sees(controller_id));

-- One category of one subject's data: a JSON object of fields, sealed under the subject's key.
create table vault.record (
  controller_id uuid not null,
  subject_id    uuid not null,
  category      smallint not null check (category between 0 and 30),
  record_id     uuid not null,
  ordinal       integer not null,
  version       integer not null,
  key_id        uuid not null,
  sealed        bytea not null,
  stored_at     timestamptz not null,
  erase_after   timestamptz not null,
  primary key (controller_id, subject_id, category),
  foreign key (controller_id, subject_id) references vault.subject
);
create index record_due on vault.record (erase_after);
alter table vault.record enable row level security;
alter table vault.record force row level security;
create policy scope on vault.record
  using (ground.sees(controller_id)) with check (ground.sees(controller_id));

-- Blind index: HMAC of a searchable field's normalised value, 16 bytes.
create table vault.field_index (
  controller_id uuid not null,
  subject_id    uuid not null,
  category      smallint not null,
  field         text not null,
  value         bytea not null,
  primary key (controller_id, subject_id, category, field),
  foreign key (controller_id, subject_id, category) references vault.record
);
create index field_index_value on vault.field_index (controller_id, category, field, value);
alter table vault.field_index enable row level security;
alter table vault.field_index force row level security;
create policy scope on vault.field_index
  using (ground.sees(controller_id)) with check (ground.sees(controller_id));

-- An import and how far it came. rows_read = rows_stored + rows_rejected at every commit.
create table vault.import (
  controller_id uuid not null references vault.controller,
  import_id     uuid not null,
  state         text not null check (state in ('running', 'finished', 'interrupted', 'failed')),
  format        text not null check (format in ('csv', 'ndjson')),
  mapping       jsonb not null,
  rows_read     bigint not null default 0,
  rows_stored   bigint not null default 0,
  rows_replaced bigint not null default 0,
  rows_rejected bigint not null default 0,
  bytes_read    bigint not null default 0,
  bytes_total   bigint,
  -- Why it ended before its end: a refusal's code and sentence.
  code          text,
  message       text,
  started_at    timestamptz not null,
  moved_at      timestamptz not null,
  ended_at      timestamptz,
  primary key (controller_id, import_id),
  check (rows_read = rows_stored + rows_rejected),
  check ((state = 'running') = (ended_at is null))
);
alter table vault.import enable row level security;
alter table vault.import force row level security;
create policy scope on vault.import
  using (ground.sees(controller_id)) with check (ground.sees(controller_id));

-- Why a row was rejected. Names fields of the contract, never values.
-- app: select insert
create table vault.import_error (
  controller_id uuid not null,
  import_id     uuid not null,
  -- 1 for the first row after the header.
  row_number    bigint not null,
  code          text not null,
  message       text not null,
  primary key (controller_id, import_id, row_number),
  foreign key (controller_id, import_id) references vault.import
);
alter table vault.import_error enable row level security;
alter table vault.import_error force row level security;
create policy scope on vault.import_error
  using (ground.sees(controller_id)) with check (ground.sees(controller_id));
