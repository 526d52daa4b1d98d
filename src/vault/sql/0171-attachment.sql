-- The largest attachment a controller takes, in MiB.
alter table vault.controller
  add column attachment_mib integer not null default 100 check (attachment_mib between 1 and 1048576);

-- A file of a subject in one category. Its bytes lie in the object store, sealed in chunks; here stand
-- their key and what the file is called, sealed under the subject's key. `gone`: its bytes are waste that
-- nobody can open, until the job has removed them.
create table vault.attachment (
  controller_id uuid not null,
  attachment_id uuid not null,
  subject_id    uuid not null,
  category      smallint not null check (category between 0 and 30),
  state         text not null default 'arriving' check (state in ('arriving', 'kept', 'gone')),
  -- Its number in the trail's sets, among the controller's records.
  ordinal       integer,
  key_id        uuid,
  -- Name and media type, JSON.
  about         bytea,
  -- The key of its chunks.
  file_key      bytea,
  -- SHA-256 of its content.
  digest        bytea,
  size_bytes    bigint,
  begun_at      timestamptz not null,
  stored_at     timestamptz,
  erase_after   timestamptz,
  primary key (controller_id, attachment_id),
  foreign key (controller_id, subject_id) references vault.subject,
  check (state <> 'kept' or num_nonnulls(ordinal, key_id, about, file_key, digest, size_bytes, stored_at, erase_after) = 8),
  check (state <> 'gone' or num_nonnulls(key_id, about, file_key, digest) = 0)
);
create index attachment_subject on vault.attachment (controller_id, subject_id);
create index attachment_due on vault.attachment (erase_after) where state = 'kept';
create index attachment_waste on vault.attachment (begun_at) where state <> 'kept';
alter table vault.attachment enable row level security;
alter table vault.attachment force row level security;
create policy scope on vault.attachment
  using (ground.sees(controller_id)) with check (ground.sees(controller_id));
comment on column vault.attachment.about is 'cipher: XAES-256-GCM under the subject key';
comment on column vault.attachment.file_key is 'cipher: XAES-256-GCM under the subject key';
comment on column vault.attachment.digest is 'cipher: XAES-256-GCM under the subject key';
