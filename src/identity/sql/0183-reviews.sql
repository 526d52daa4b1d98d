-- What a review was started over, and by which schedule, where one did.
-- app: select insert update
create table identity.review_schedule (
  id          uuid primary key,
  title       text not null check (length(title) between 1 and 200),
  roles       text[] check (cardinality(roles) > 0),
  controllers uuid[] check (cardinality(controllers) > 0),
  every_days  int not null check (every_days between 7 and 366),
  due_days    int not null check (due_days between 1 and 90 and due_days < every_days),
  next_at     timestamptz not null,
  created_by  text not null,
  created_at  timestamptz not null,
  ended_at    timestamptz
);

alter table identity.review
  add column roles text[],
  add column controllers uuid[],
  add column schedule_id uuid references identity.review_schedule;

-- "limit" puts a narrower grant in the place of the one looked at. What was revoked is tried over the
-- real listener: `probe_refused` is null where nothing could be tried, and `probe_answer` says why.
alter table identity.review_item
  drop constraint review_item_decision_check,
  add constraint review_item_decision_check
    check (decision in ('keep', 'revoke', 'limit', 'unanswered')),
  add column successor_id uuid references identity.grant on delete set null,
  add column probed_at timestamptz,
  add column probe_answer text,
  add column probe_refused boolean;

-- When somebody was told that an account is about to be disabled for disuse.
alter table identity.actor add column warned_at timestamptz;

update identity.role set actions = actions || '{identity.dormant.list}'
  where name in ('security', 'auditor');
update identity.role set actions = actions || '{identity.review.report,identity.review-schedule.list}'
  where name = 'auditor';
update identity.role set actions = actions || '{identity.review-schedule.*}' where name = 'security';
