-- A token stands for one field of one record wherever the value itself need not be. It is kept as a
-- hash, and ends with its record.
create table vault.token (
  controller_id uuid not null,
  -- SHA-256 of controller and token.
  token_hash    bytea not null,
  subject_id    uuid not null,
  category      smallint not null,
  field         text not null,
  made_at       timestamptz not null,
  primary key (controller_id, token_hash),
  foreign key (controller_id, subject_id, category) references vault.record on delete cascade
);
create index token_record on vault.token (controller_id, subject_id, category);
alter table vault.token enable row level security;
alter table vault.token force row level security;
create policy scope on vault.token
  using (ground.sees(controller_id)) with check (ground.sees(controller_id));
comment on column vault.token.token_hash is 'cipher: hash or signature';

-- What remains of records whose time is over, where the contract says so: how many were alike in what
-- was kept. No combination stands for fewer records than its contract's k. It names nobody.
create table vault.remains (
  controller_id uuid not null references vault.controller,
  category      smallint not null,
  -- The contract's version whose rule made it.
  version       integer not null,
  kept          jsonb not null,
  count         integer not null check (count > 0),
  first_at      timestamptz not null,
  last_at       timestamptz not null,
  primary key (controller_id, category, version, kept)
);
alter table vault.remains enable row level security;
alter table vault.remains force row level security;
create policy scope on vault.remains
  using (ground.sees(controller_id)) with check (ground.sees(controller_id));
