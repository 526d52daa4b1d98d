-- What its owner calls a factor, sealed.
alter table identity.factor add column label bytea;
comment on column identity.factor.label is 'cipher: XAES-256-GCM under the ring';

-- A seed shown to its owner and not yet proven by a code.
-- app: select insert update delete
create table identity.pending_totp (
  person_id  uuid primary key references identity.person on delete cascade,
  seed       bytea not null,
  expires_at timestamptz not null
);
comment on column identity.pending_totp.seed is 'cipher: XAES-256-GCM under the ring';

-- Where a person has signed in from before: a keyed hash of browser and network, which names nobody.
-- app: select insert update delete
create table identity.known_device (
  person_id  uuid not null references identity.person on delete cascade,
  device_key bytea not null check (octet_length(device_key) = 32),
  seen_at    timestamptz not null,
  primary key (person_id, device_key)
);
