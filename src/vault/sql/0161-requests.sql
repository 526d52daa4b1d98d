-- What a subject has said about purposes: consent (GDPR Art. 7) and objection (Art. 21), with the
-- evidence. vault.subject has what stands now.
create table vault.consent (
  controller_id uuid not null,
  consent_id    uuid not null,
  subject_id    uuid not null,
  purpose       text not null,
  kind          text not null check (kind in ('consent', 'objection')),
  given_at      timestamptz not null,
  -- How it was given, and how it was withdrawn: sealed under the subject's key.
  evidence      bytea not null,
  ended_at      timestamptz,
  ended_how     bytea,
  primary key (controller_id, consent_id),
  foreign key (controller_id, subject_id) references vault.subject,
  check ((ended_at is null) = (ended_how is null))
);
create unique index consent_standing on vault.consent (controller_id, subject_id, purpose, kind)
  where ended_at is null;
alter table vault.consent enable row level security;
alter table vault.consent force row level security;
create policy scope on vault.consent
  using (ground.sees(controller_id)) with check (ground.sees(controller_id));
comment on column vault.consent.evidence is 'cipher: XAES-256-GCM under the subject key';
comment on column vault.consent.ended_how is 'cipher: XAES-256-GCM under the subject key';

-- An export of more subjects than one person may take out alone: asked, decided by another, used once.
create table vault.export_request (
  controller_id uuid not null references vault.controller,
  request_id    uuid not null,
  asked_by      text not null,
  asked_at      timestamptz not null,
  purpose       text not null,
  -- Sealed under the controller's ring.
  reason        bytea not null,
  -- Names of categories; null for all that the purpose covers.
  categories    text[],
  subjects      integer not null,
  approved      boolean,
  decided_by    text,
  decided_at    timestamptz,
  decided_why   bytea,
  used_at       timestamptz,
  primary key (controller_id, request_id),
  check ((approved is null) = (decided_at is null)),
  check (decided_by is null or decided_by <> asked_by),
  check (used_at is null or approved)
);
alter table vault.export_request enable row level security;
alter table vault.export_request force row level security;
create policy scope on vault.export_request
  using (ground.sees(controller_id)) with check (ground.sees(controller_id));
comment on column vault.export_request.reason is 'cipher: XAES-256-GCM under the ring';
comment on column vault.export_request.decided_why is 'cipher: XAES-256-GCM under the ring';

-- What a data subject asked for (GDPR Art. 15 to 21), and by when it is due (Art. 12(3)).
create table vault.subject_request (
  controller_id uuid not null references vault.controller,
  request_id    uuid not null,
  kind          text not null check (kind in
    ('access', 'portability', 'rectification', 'erasure', 'restriction', 'objection')),
  -- Whom it is about, once found.
  subject_id    uuid,
  received_at   timestamptz not null,
  due_at        timestamptz not null,
  extended_at   timestamptz,
  state         text not null check (state in ('received', 'forwarded', 'instructed', 'done', 'declined')),
  -- What was asked, in words: sealed under the controller's ring.
  asked         bytea not null,
  ended_at      timestamptz,
  primary key (controller_id, request_id),
  foreign key (controller_id, subject_id) references vault.subject,
  check ((state in ('done', 'declined')) = (ended_at is not null))
);
create index subject_request_open on vault.subject_request (due_at) where ended_at is null;
alter table vault.subject_request enable row level security;
alter table vault.subject_request force row level security;
create policy scope on vault.subject_request
  using (ground.sees(controller_id)) with check (ground.sees(controller_id));
comment on column vault.subject_request.asked is 'cipher: XAES-256-GCM under the ring';

-- Each step of a request. A step once taken never changes.
-- app: select insert
create table vault.request_step (
  controller_id uuid not null,
  request_id    uuid not null,
  step          integer not null check (step > 0),
  what          text not null check (what in
    ('received', 'found', 'forwarded', 'instructed', 'extended', 'done', 'declined')),
  at            timestamptz not null,
  actor_id      text not null,
  -- Numbers, ids and dates that prove it: a certificate of erasure, how many records were given. No names.
  facts         jsonb not null default '{}',
  -- The controller's instruction, or why: sealed under the controller's ring.
  said          bytea,
  primary key (controller_id, request_id, step),
  foreign key (controller_id, request_id) references vault.subject_request
);
alter table vault.request_step enable row level security;
alter table vault.request_step force row level security;
create policy scope on vault.request_step
  using (ground.sees(controller_id)) with check (ground.sees(controller_id));
comment on column vault.request_step.said is 'cipher: XAES-256-GCM under the ring';
