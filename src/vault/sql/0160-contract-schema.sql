-- A contract says more of each field, category and purpose. What was agreed before says what it said,
-- in the new form. Row-level security binds the owner too, so it rests while this is done.
alter table vault.contract no force row level security;
update vault.contract set facts = facts
  || jsonb_build_object(
    'exportAlone', coalesce(facts -> 'exportAlone', '10000'),
    'categories', (
      select jsonb_agg(
        '{"retainFrom": null, "anonymise": null}'::jsonb || c || jsonb_build_object('fields', (
          select jsonb_agg(
            '{"words": false, "purposes": null, "options": null}'::jsonb
            || jsonb_build_object('class',
              case when (f -> 'special')::boolean then 'special' else 'ordinary' end)
            || f order by nf)
          from jsonb_array_elements(c -> 'fields') with ordinality x (f, nf))) order by nc)
      from jsonb_array_elements(facts -> 'categories') with ordinality y (c, nc)),
    'purposes', (
      select coalesce(jsonb_agg('{"consent": false}'::jsonb || p order by np), '[]')
      from jsonb_array_elements(facts -> 'purposes') with ordinality z (p, np)));
alter table vault.contract force row level security;

-- The purposes a subject has consented to, and those it has objected to (GDPR Art. 21); null for none.
-- vault.consent tells how it came to that.
alter table vault.subject add column consents text[], add column objections text[];

-- When something happened to a subject that its contract counts retention from.
create table vault.subject_event (
  controller_id uuid not null,
  subject_id    uuid not null,
  event         text not null,
  happened_at   timestamptz not null,
  primary key (controller_id, subject_id, event),
  foreign key (controller_id, subject_id) references vault.subject
);
alter table vault.subject_event enable row level security;
alter table vault.subject_event force row level security;
create policy scope on vault.subject_event
  using (ground.sees(controller_id)) with check (ground.sees(controller_id));

-- A field searched by its words has a row for each of them.
alter table vault.field_index drop constraint field_index_pkey,
  add primary key (controller_id, subject_id, category, field, value);

-- Lists go by the instants of records; what is due is asked controller by controller.
drop index vault.record_due;
create index record_by_end on vault.record (controller_id, erase_after, ordinal);
create index record_by_storing on vault.record (controller_id, stored_at, ordinal);
