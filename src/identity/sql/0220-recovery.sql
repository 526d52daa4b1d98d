-- Somebody who lost what they prove themselves with is let back in by a link, once. The link's token
-- is kept only as its hash; how the person was recognised is sealed.
-- app: select insert update
create table identity.recovery (
  id             uuid primary key,
  person_id      uuid not null references identity.person on delete cascade,
  lost           text not null check (lost in ('password', 'everything')),
  proofing       bytea not null,
  needs_approval boolean not null,
  asked_by       text not null,
  asked_at       timestamptz not null,
  lapses_at      timestamptz not null check (lapses_at > asked_at),
  approved_by    text check (approved_by <> asked_by),
  approved_at    timestamptz,
  token_hash     bytea unique check (octet_length(token_hash) = 32),
  expires_at     timestamptz,
  seed           bytea,
  ended_at       timestamptz,
  ended_because  text check (ended_because in ('used', 'withdrawn', 'replaced')),
  check ((approved_at is null) = (approved_by is null)),
  check ((token_hash is null) = (expires_at is null)),
  check ((ended_at is null) = (ended_because is null)),
  check (ended_because is distinct from 'used' or not needs_approval or approved_at is not null)
);
comment on column identity.recovery.proofing is 'cipher: XAES-256-GCM under the ring';
comment on column identity.recovery.seed is 'cipher: XAES-256-GCM under the ring';
comment on column identity.recovery.token_hash is 'cipher: hash or signature';
create unique index recovery_open on identity.recovery (person_id) where ended_at is null;

alter table identity.challenge
  add column recovery_id uuid references identity.recovery on delete cascade;

update identity.role set actions = actions || '{identity.recovery.list,identity.recovery.approve,
    identity.recovery.withdraw}'
  where name = 'security';
update identity.role set actions = actions || '{identity.recovery.list}' where name = 'auditor';
