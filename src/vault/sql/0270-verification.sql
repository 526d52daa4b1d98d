-- How the records of a controller were last held against the trail's entries, all of them.
-- app: insert select update
create table vault.verification (
  controller_id uuid primary key references vault.controller,
  verified_at   timestamptz not null,
  records       bigint not null,
  entries       bigint not null
);
alter table vault.verification enable row level security;
alter table vault.verification force row level security;
create policy scope on vault.verification
  using (ground.sees(controller_id)) with check (ground.sees(controller_id));

-- A record that is not what its entries say, by its number, until it is again or somebody has settled it.
-- app: insert select delete
create table vault.discrepancy (
  controller_id uuid not null references vault.controller,
  record        integer not null,
  subject       integer not null,
  category      smallint not null,
  kind          text not null check (kind in ('older', 'newer', 'missing', 'returned', 'unknown', 'moved')),
  -- Versions; 0 for no record.
  told          integer not null,
  found         integer not null,
  found_at      timestamptz not null,
  primary key (controller_id, record, subject, category)
);
alter table vault.discrepancy enable row level security;
alter table vault.discrepancy force row level security;
create policy scope on vault.discrepancy
  using (ground.sees(controller_id)) with check (ground.sees(controller_id));

-- Who watches over the house and who answers for the data may look; only who answers for it decides.
update identity.role set actions = actions || '{vault.record.verify,vault.discrepancy.list}'::text[]
where name in ('administrator', 'security', 'auditor') and built_in;
update identity.role set actions = actions || '{vault.record.verify,vault.discrepancy.*}'::text[]
where name = 'privacy' and built_in;
