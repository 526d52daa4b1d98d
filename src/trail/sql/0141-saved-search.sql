-- A question to the trail that somebody wants to ask again. The name is its owner's own words.
-- app: insert select update delete
create table trail.saved_search (
  id         uuid primary key,
  owner_id   text not null,
  name       bytea not null,
  asked      jsonb not null,
  shared     boolean not null,
  saved_at   timestamptz not null
);
comment on column trail.saved_search.name is 'cipher: XAES-256-GCM under the ring';
create index saved_search_owner on trail.saved_search (owner_id);
create index saved_search_shared on trail.saved_search (saved_at) where shared;
