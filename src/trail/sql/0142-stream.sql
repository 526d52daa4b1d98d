-- Where entries are sent on to, and how that stands.
-- app: insert select update
create table trail.stream (
  id           uuid primary key,
  name         text not null,
  kind         text not null check (kind in ('otlp', 'syslog', 'webhook')),
  address      text not null,
  content      text not null check (content in ('leaf', 'event')),
  logs         text[],
  ca           text,
  secret       bytea,
  lag_seconds  int not null check (lag_seconds between 60 and 86400),
  added_at     timestamptz not null,
  added_by     text not null,
  state        text not null default 'active'
    check (state in ('active', 'paused', 'halted', 'removed')),
  -- Counted up whenever the cursors are moved by hand: what was under way then moves none.
  epoch        int not null default 0,
  delivered    bigint not null default 0,
  delivered_at timestamptz,
  rejected     bigint not null default 0,
  failures     int not null default 0,
  failed_at    timestamptz,
  retry_at     timestamptz,
  last_error   text,
  check ((failed_at is null) = (last_error is null))
);
comment on column trail.stream.secret is 'cipher: XAES-256-GCM under the ring';

-- What of each log a receiver has accepted: everything before this index.
-- app: insert select update delete
create table trail.stream_cursor (
  stream_id  uuid not null references trail.stream,
  log        text not null,
  next_index bigint not null check (next_index >= 0),
  sent_at    timestamptz,
  primary key (stream_id, log)
);
