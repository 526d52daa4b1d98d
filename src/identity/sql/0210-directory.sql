-- The workload that keeps a provider's people and groups here (SCIM 2.0, RFC 7644).
alter table identity.provider add column directory_id uuid references identity.workload;
create unique index provider_directory on identity.provider (directory_id) where disabled_at is null;

-- A person a directory keeps: what it wrote, sealed, and keyed hashes by which it finds them again.
-- app: select insert update delete
create table identity.directory_person (
  person_id         uuid primary key references identity.person on delete cascade,
  provider_id       uuid not null references identity.provider on delete cascade,
  user_name_index   bytea not null,
  external_id_index bytea,
  document          bytea not null,
  changed_at        timestamptz not null,
  removed_at        timestamptz
);
comment on column identity.directory_person.user_name_index is 'cipher: keyed hash';
comment on column identity.directory_person.external_id_index is 'cipher: keyed hash';
comment on column identity.directory_person.document is 'cipher: XAES-256-GCM under the ring';
create unique index directory_person_name on identity.directory_person (provider_id, user_name_index)
  where removed_at is null;

-- A group of a directory. Roles are mapped to its name, or to what the directory calls it.
-- app: select insert update delete
create table identity.directory_group (
  id           uuid primary key,
  provider_id  uuid not null references identity.provider on delete cascade,
  display_name text not null check (length(display_name) between 1 and 500),
  external_id  text,
  created_at   timestamptz not null,
  changed_at   timestamptz not null
);
comment on column identity.directory_group.display_name is 'plain: names of things, firms and places';
comment on column identity.directory_group.external_id is 'plain: ids of the directory';
create unique index directory_group_name on identity.directory_group (provider_id, lower(display_name));

-- app: select insert delete
create table identity.directory_member (
  group_id  uuid not null references identity.directory_group on delete cascade,
  person_id uuid not null references identity.person on delete cascade,
  primary key (group_id, person_id)
);
create index directory_member_person on identity.directory_member (person_id);

insert into identity.role (name, description, actions, privileged, built_in) values
  ('directory', 'Keeps people and groups of its identity provider here (SCIM), and nothing beyond what people mapped.',
   '{identity.scim-user.*,identity.scim-group.*,identity.scim-resource.*,identity.scim-service.*}', true, true);
