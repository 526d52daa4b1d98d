-- Somebody asks for a role for a time. It is answered by somebody else, or lapses.
-- app: select insert update
create table identity.access_request (
  id          uuid primary key,
  kind        text not null check (kind in ('request', 'break-glass')),
  person_id   uuid not null references identity.person on delete cascade,
  role_name   text not null references identity.role,
  controllers uuid[] check (cardinality(controllers) > 0),
  categories  text[] check (cardinality(categories) > 0),
  purposes    text[] check (cardinality(purposes) > 0),
  minutes     int not null check (minutes between 5 and 10080),
  reason      bytea not null,
  created_at  timestamptz not null,
  lapses_at   timestamptz not null check (lapses_at > created_at),
  decision    text check (decision in ('approved', 'refused', 'withdrawn', 'lapsed')),
  decided_by  text,
  decided_at  timestamptz,
  grant_id    uuid references identity.grant on delete set null,
  reviewed_by text,
  reviewed_at timestamptz,
  review_note bytea,
  check ((decision is null) = (decided_at is null) and (decision is null) = (decided_by is null)),
  check ((reviewed_at is null) = (reviewed_by is null)),
  check (reviewed_at is null or kind = 'break-glass')
);
comment on column identity.access_request.reason is 'cipher: XAES-256-GCM under the ring';
comment on column identity.access_request.review_note is 'cipher: XAES-256-GCM under the ring';
create index access_request_open on identity.access_request (person_id) where decision is null;

-- Who may open the glass, two together. Their accounts do not fall asleep, and are looked at instead.
-- app: select insert update delete
create table identity.break_glass (
  person_id     uuid primary key references identity.person on delete cascade,
  designated_by text not null,
  designated_at timestamptz not null,
  tested_at     timestamptz
);

-- What somebody is told on their next page, and by mail where mail is configured.
-- app: select insert update delete
create table identity.notice (
  id         uuid primary key,
  person_id  uuid not null references identity.person on delete cascade,
  kind       text not null,
  facts      jsonb not null,
  created_at timestamptz not null,
  mailed_at  timestamptz,
  seen_at    timestamptz
);
create index notice_unseen on identity.notice (person_id) where seen_at is null;
create index notice_unmailed on identity.notice (created_at) where mailed_at is null;
