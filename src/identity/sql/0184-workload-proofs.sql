-- A workload's public key: with its private half it signs assertions (RFC 7523).
-- app: select insert update
create table identity.workload_key (
  id           uuid primary key,
  workload_id  uuid not null references identity.workload on delete cascade,
  label        text not null check (length(label) between 1 and 100),
  algorithm    text not null check (algorithm in ('EdDSA', 'ES256', 'PS256')),
  jwk          jsonb not null,
  thumbprint   text not null,
  created_at   timestamptz not null,
  expires_at   timestamptz not null check (expires_at > created_at),
  revoked_at   timestamptz,
  last_used_at timestamptz,
  unique (workload_id, thumbprint)
);

-- Assertions that were taken, so that none is taken twice: SHA-256 of workload and jti.
-- app: select insert delete
create table identity.assertion (
  key        bytea primary key check (octet_length(key) = 32),
  expires_at timestamptz not null
);
comment on column identity.assertion.key is 'cipher: hash or signature';

-- Our own authority for certificates of workloads. Its private key is sealed.
-- app: select insert
create table identity.client_authority (
  id          uuid primary key,
  certificate text not null,
  private_key bytea not null,
  created_at  timestamptz not null,
  expires_at  timestamptz not null
);
comment on column identity.client_authority.private_key is 'cipher: XAES-256-GCM under the ring';

-- A certificate of a workload, known by the SHA-256 of its DER form (RFC 8705 `x5t#S256`).
-- app: select insert update
create table identity.certificate (
  id           uuid primary key,
  workload_id  uuid not null references identity.workload on delete cascade,
  fingerprint  bytea not null unique check (octet_length(fingerprint) = 32),
  issued_at    timestamptz not null,
  expires_at   timestamptz not null check (expires_at > issued_at),
  revoked_at   timestamptz,
  last_used_at timestamptz,
  renewed_by   uuid references identity.certificate on delete set null
);
comment on column identity.certificate.fingerprint is 'cipher: hash or signature';
create index certificate_workload on identity.certificate (workload_id);

-- A short token is a credential that a key or a certificate got; bound, it opens only beside the latter.
alter table identity.credential
  add column kind text not null default 'secret' check (kind in ('secret', 'token')),
  add column key_id uuid references identity.workload_key on delete cascade,
  add column bound_to bytea check (octet_length(bound_to) = 32);
comment on column identity.credential.bound_to is 'cipher: hash or signature';

update identity.role set actions = actions || '{identity.workload-key.list,identity.workload-key.revoke,
    identity.certificate.list,identity.certificate.revoke,identity.authority.read}'
  where name = 'security';
