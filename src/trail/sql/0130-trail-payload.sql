-- What names people leaves the entry for a table of its own, a partition a month: it can go, row by
-- row or whole, without touching a leaf. Ids are UUIDv7, so a month is a range of ids.

alter table trail.entry add grant_id text;
-- What the leaf binds and everybody may read: what an erasure erased, what a succession gave up.
alter table trail.entry add statement bytea;
create index entry_statement on trail.entry (log) where statement is not null;

-- The app adds payloads; they go only by an entry that names them (trigger below), or with their month.
-- app: select insert
create table trail.payload (
  entry_id uuid primary key,
  log      text not null,
  -- The ordinal of the one subject the entry concerns; null where it concerns none, or several.
  subject  bigint,
  sealed   bytea not null
) partition by range (entry_id);
alter table trail.payload alter sealed set storage external;
comment on column trail.payload.sealed is 'cipher: XAES-256-GCM under the ring';
create index payload_subject on trail.payload (log, subject) where subject is not null;

-- What no month has been made ready for: an insert never fails for want of a partition.
create table trail.payload_other partition of trail.payload default;

-- Which entry erased which payload.
-- app: select
create table trail.erased (
  entry_id uuid primary key,
  by_id    uuid not null
);

-- Subjects that were erased, until no payload can be left of them: what was under way then has
-- committed, and no hold lies on the log.
-- app: select insert delete
create table trail.owed_erasure (
  log     text not null,
  subject bigint not null,
  since   timestamptz not null,
  primary key (log, subject)
);

-- A legal hold on one log, or on all where `log` is null. Lifted, it stays as a row.
-- app: select insert update
create table trail.hold (
  id        uuid primary key,
  log       text,
  laid_at   timestamptz not null,
  laid_by   text not null,
  reason    bytea not null,
  lifted_at timestamptz,
  lifted_by text,
  check ((lifted_at is null) = (lifted_by is null))
);
comment on column trail.hold.reason is 'cipher: XAES-256-GCM under the ring';

-- How long payloads and entry bundles stay; the newest row counts. Null: for ever.
-- app: select insert
create table trail.retention (
  id             uuid primary key,
  at             timestamptz not null,
  payload_months int check (payload_months between 1 and 240),
  bundle_months  int check (bundle_months between 12 and 600),
  check (bundle_months is null or payload_months <= bundle_months)
);
insert into trail.retention (id, at, payload_months) values (gen_random_uuid(), now(), 13);

-- C2SP tlog-tiles: entry bundles that end at or below this index are no longer served.
alter table trail.log add minimum_index bigint not null default 0
  check (minimum_index between 0 and size);

-- The first id of an instant, as UUIDv7 has it.
create function trail.id_at(instant timestamptz) returns uuid
language sql immutable set search_path = pg_catalog as $$
  select (lpad(to_hex((extract(epoch from instant) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
$$;

create function trail.is_held(of_log text) returns boolean
language sql stable security definer set search_path = pg_catalog as $$
  select exists (
    select from trail.hold where lifted_at is null and (log is null or log = of_log)
  )
$$;

-- Makes a month's partition, and moves there what came before it was ready.
create function trail.make_payload_month(instant timestamptz) returns boolean
language plpgsql security definer set search_path = pg_catalog as $$
declare
  first_day timestamp := date_trunc('month', instant at time zone 'UTC');
  name text := 'payload_' || to_char(first_day, 'YYYYMM');
  low uuid := trail.id_at(first_day at time zone 'UTC');
  high uuid := trail.id_at((first_day + interval '1 month') at time zone 'UTC');
begin
  if to_regclass('trail.' || name) is not null then return false; end if;
  execute format('create table trail.%I (like trail.payload including all)', name);
  execute format('with moved as (delete from trail.payload_other
    where entry_id >= %L and entry_id < %L returning *) insert into trail.%I select * from moved',
    low, high, name);
  execute format('alter table trail.payload attach partition trail.%I for values from (%L) to (%L)',
    name, low, high);
  return true;
end $$;

-- Drops a month of payloads: whole where no log is held, else row by row but for what is held.
-- Refuses what the policy in force does not let go.
create function trail.drop_payload_month(instant timestamptz, now timestamptz) returns text
language plpgsql security definer set search_path = pg_catalog as $$
declare
  first_day timestamp := date_trunc('month', instant at time zone 'UTC');
  next_day timestamp := first_day + interval '1 month';
  name text := 'payload_' || to_char(first_day, 'YYYYMM');
  months int := (select payload_months from trail.retention order by at desc, id desc limit 1);
  low uuid := trail.id_at(first_day at time zone 'UTC');
  high uuid := trail.id_at(next_day at time zone 'UTC');
begin
  if months is null or next_day + make_interval(months => months) > now at time zone 'UTC' then
    raise exception 'this month is within the retention' using errcode = 'HF001';
  end if;
  if exists (select from trail.hold where lifted_at is null) then
    delete from trail.payload where entry_id >= low and entry_id < high
      and not trail.is_held(log);
    return 'deleted';
  end if;
  if to_regclass('trail.' || name) is not null then
    execute format('drop table trail.%I', name);
  end if;
  delete from trail.payload_other where entry_id >= low and entry_id < high;
  return 'dropped';
end $$;

-- An entry whose statement names others of its log takes their payloads away: no payload goes
-- but by the entry that says so.
create function trail.erase_named() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
declare
  named jsonb := convert_from(new.statement, 'UTF8')::jsonb -> 'erases' -> 'entries';
begin
  if named is null then return null; end if;
  if trail.is_held(new.log) then
    raise exception 'a hold lies on this log' using errcode = 'HF002';
  end if;
  with gone as (
    delete from trail.payload where log = new.log
      and entry_id in (select value::uuid from jsonb_array_elements_text(named))
    returning entry_id
  )
  insert into trail.erased (entry_id, by_id) select entry_id, new.id from gone;
  return null;
end $$;
create trigger erase_named after insert on trail.entry
  for each row when (new.statement is not null) execute function trail.erase_named();

revoke all on function trail.make_payload_month, trail.drop_payload_month, trail.erase_named,
  trail.is_held from public;
grant execute on function trail.make_payload_month, trail.drop_payload_month, trail.is_held
  to holdfast_app;

-- The ordinal of a packed set's only subject (touched.ts has the format); null for several.
create function trail.only_subject(touched bytea) returns bigint
language plpgsql immutable set search_path = pg_catalog as $$
declare
  at int := 2;
  ordinal bigint := 0;
  scale bigint := 1;
  byte int;
begin
  if touched is null or get_byte(touched, 1) <> 1 then return null; end if;
  loop
    byte := get_byte(touched, at);
    ordinal := ordinal + (byte & 127) * scale;
    exit when byte < 128;
    scale := scale * 128;
    at := at + 1;
  end loop;
  return ordinal;
end $$;

do $$
declare
  month timestamptz := coalesce((select min(at) from trail.entry), now());
begin
  while month < now() + interval '3 months' loop
    perform trail.make_payload_month(month);
    month := month + interval '27 days';
  end loop;
  perform trail.make_payload_month(now() + interval '3 months');
end $$;
insert into trail.payload (entry_id, log, subject, sealed)
  select id, log, trail.only_subject(touched), payload from trail.entry;
drop function trail.only_subject;
alter table trail.entry drop column payload;
