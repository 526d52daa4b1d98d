-- Who last said what a role allows: the same person does not approve a request for it.
alter table identity.role
  add column changed_by text not null default 'house',
  add column changed_at timestamptz;

-- How a grant came about. What was asked for in time ends by itself; `standing` stands until taken back.
alter table identity.grant
  add column origin text not null default 'standing'
    check (origin in ('standing', 'request', 'break-glass')),
  add check (origin = 'standing' or expires_at is not null);

-- What each grant was used for, as far as the trail has been read.
-- app: select insert update delete
create table identity.grant_use (
  grant_id     uuid not null references identity.grant on delete cascade,
  action       text not null,
  uses         bigint not null check (uses > 0),
  last_used_at timestamptz not null,
  primary key (grant_id, action)
);

-- A sentence about rights that every change of rights must leave true.
-- app: select insert delete
create table identity.policy_test (
  id            uuid primary key,
  sentence      text not null check (length(sentence) between 1 and 300),
  subject_kind  text not null check (subject_kind in ('actor', 'role', 'persons', 'workloads', 'everybody')),
  subject       text,
  may           boolean not null,
  action        text not null,
  only_for      uuid,
  created_by    text not null,
  created_at    timestamptz not null,
  check ((subject_kind in ('actor', 'role')) = (subject is not null)),
  check (not may or subject_kind in ('actor', 'role'))
);

-- Two roles nobody may hold at once: one does, the other approves or audits.
-- app: select insert delete
create table identity.role_conflict (
  role_a     text not null references identity.role,
  role_b     text not null references identity.role,
  why        text not null check (length(why) between 1 and 300),
  created_by text not null,
  created_at timestamptz not null,
  primary key (role_a, role_b),
  check (role_a < role_b)
);

update identity.role set actions = actions || '{identity.action.list,identity.privilege.*,identity.policy.list,
    identity.conflict.list,identity.grant.preview,identity.role.preview,identity.request.*,
    identity.break-glass.list,identity.break-glass.review}'
  where name = 'security';
update identity.role set actions = actions || '{identity.action.list,identity.privilege.read,
    identity.policy.list,identity.conflict.list,identity.request.list,
    identity.break-glass.list}'
  where name = 'auditor';
