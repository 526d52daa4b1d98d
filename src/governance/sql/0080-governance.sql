-- Registers of what the processor does beside the running system. Every row has an owner (the id of
-- a person) and a due day: the next day by which the owner must have done something about it.
-- `ended_at` closes a row; nothing is deleted.
create schema governance;

-- app: select insert update
create table governance.vendor (
  id                uuid primary key,
  name              text not null,
  service           text not null,
  country           text not null,
  data_categories   text[] not null,
  -- name and e-mail of the contact person, sealed under the house ring
  contact           bytea,
  state             text not null check (state in ('proposed', 'assessed', 'notified', 'active', 'ended')),
  owner             uuid not null,
  due               date not null,
  created_at        timestamptz not null,
  assessed_on       date,
  acceptable        boolean,
  assessment_sha256 text,
  announced_at      timestamptz,
  objections_until  timestamptz,
  activated_at      timestamptz,
  ended_at          timestamptz,
  -- The last wall, should an act ever forget: GDPR Art. 28(1) and (2).
  check (state <> 'active' or (acceptable and objections_until <= activated_at))
);

-- app: select insert update
create table governance.objection (
  id            uuid primary key,
  vendor_id     uuid not null references governance.vendor,
  controller_id uuid not null,
  reason        text not null,
  raised_at     timestamptz not null,
  resolution    text,
  resolved_at   timestamptz,
  resolved_by   text
);
create index objection_of_vendor on governance.objection (vendor_id);
alter table governance.objection enable row level security;
alter table governance.objection force row level security;
create policy scope on governance.objection
  using (ground.sees(controller_id)) with check (ground.sees(controller_id));

-- A contract with a vendor belongs to the house alone: ground.sees(null) is true only there.
-- app: select insert update
create table governance.contract (
  id              uuid primary key,
  kind            text not null check (kind in ('dpa', 'scc', 'bcr', 'nda', 'other')),
  vendor_id       uuid references governance.vendor,
  controller_id   uuid,
  signed_on       date not null,
  expires_on      date,
  document_sha256 text not null,
  flow_down       boolean not null,
  owner           uuid not null,
  due             date not null,
  created_at      timestamptz not null,
  ended_at        timestamptz,
  check (num_nonnulls(vendor_id, controller_id) = 1)
);
create index contract_of_vendor on governance.contract (vendor_id);
alter table governance.contract enable row level security;
alter table governance.contract force row level security;
create policy scope on governance.contract
  using (ground.sees(controller_id)) with check (ground.sees(controller_id));

-- app: select insert update
create table governance.training (
  id                 uuid primary key,
  person_id          uuid not null,
  course             text not null,
  owner              uuid not null,
  due                date not null,
  completed_on       date,
  valid_until        date,
  certificate_sha256 text,
  created_at         timestamptz not null,
  ended_at           timestamptz
);
create index training_of_person on governance.training (person_id);

-- app: select insert update
create table governance.vulnerability (
  id         uuid primary key,
  identifier text not null,
  title      text not null,
  system     text not null,
  severity   text not null check (severity in ('critical', 'high', 'medium', 'low')),
  found_on   date not null,
  fixed_on   date,
  owner      uuid not null,
  -- the deadline its severity sets
  due        date not null,
  created_at timestamptz not null,
  ended_at   timestamptz
);

-- app: insert select
create table governance.retest (
  id               uuid primary key,
  vulnerability_id uuid not null references governance.vulnerability,
  fixed_on         date not null,
  tested_on        date not null,
  passed           boolean not null,
  method           text not null,
  by_id            text not null,
  at               timestamptz not null
);
create index retest_of_vulnerability on governance.retest (vulnerability_id);

-- app: select insert update
create table governance.penetration_test (
  id            uuid primary key,
  engagement    text not null,
  tester        text not null,
  from_on       date not null,
  until_on      date not null,
  findings      int not null check (findings >= 0),
  report_sha256 text not null,
  owner         uuid not null,
  -- when the next engagement must be over
  due           date not null,
  created_at    timestamptz not null,
  ended_at      timestamptz
);

-- app: select insert update
create table governance.change (
  id            uuid primary key,
  title         text not null,
  kind          text not null check (kind in ('release', 'configuration', 'infrastructure')),
  -- the version a release brings
  version       text,
  plan          text not null,
  rollback_plan text not null,
  proposed_by   text not null,
  state         text not null check
    (state in ('proposed', 'approved', 'rejected', 'staged', 'tested', 'live', 'rolled-back', 'withdrawn')),
  owner         uuid not null,
  due           date not null,
  created_at    timestamptz not null,
  ended_at      timestamptz,
  check ((kind = 'release') = (version is not null))
);

-- app: insert select
create table governance.change_step (
  id        uuid primary key,
  change_id uuid not null references governance.change,
  step      text not null,
  by_id     text not null,
  note      text not null,
  at        timestamptz not null
);
create index change_step_of_change on governance.change_step (change_id, id);

-- app: select insert update
create table governance.endpoint (
  id                 uuid primary key,
  -- the inventory number, never a person's name
  tag                text not null,
  platform           text not null,
  os_version         text,
  disk_encrypted     boolean,
  firewall           boolean,
  malware_protection boolean,
  os_supported       boolean,
  source             text,
  reported_at        timestamptz,
  owner              uuid not null,
  due                date not null,
  created_at         timestamptz not null,
  ended_at           timestamptz
);
create unique index endpoint_tag on governance.endpoint (tag) where ended_at is null;

-- app: select insert update
create table governance.site (
  id         uuid primary key,
  name       text not null,
  country    text not null,
  kind       text not null check (kind in ('data-centre', 'office', 'hoster')),
  owner      uuid not null,
  due        date not null,
  created_at timestamptz not null,
  ended_at   timestamptz
);

-- app: insert select
create table governance.site_attestation (
  id               uuid primary key,
  site_id          uuid not null references governance.site,
  by_person        uuid not null,
  at               timestamptz not null,
  expires_on       date not null,
  biometric_access boolean not null,
  watched          boolean not null,
  statement        text not null,
  document_sha256  text
);
create index site_attestation_of_site on governance.site_attestation (site_id, id);

-- app: select insert update
create table governance.release (
  id              uuid primary key,
  version         text not null,
  author_id       uuid not null,
  reviewer_id     uuid not null,
  review          text not null,
  scan_tool       text not null,
  scan_sha256     text not null,
  scan_warnings   int not null,
  sbom_format     text not null,
  sbom_sha256     text not null,
  sbom_components int not null,
  owner           uuid not null,
  due             date not null,
  created_at      timestamptz not null,
  ended_at        timestamptz,
  check (author_id <> reviewer_id)
);
create unique index release_version on governance.release (version) where ended_at is null;

-- A person says that a register is empty because there is nothing to enter.
-- app: insert select
create table governance.absence (
  id         uuid primary key,
  register   text not null,
  reason     text not null,
  by_person  uuid not null,
  at         timestamptz not null,
  expires_at timestamptz not null
);
create index absence_of_register on governance.absence (register, id);
