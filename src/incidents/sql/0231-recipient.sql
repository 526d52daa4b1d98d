-- breaking: whom a notice has reached stands in a table of its own, and only while it is on its way.
select set_config('holdfast.scope', 'house', true);

-- Keyed hash of an address that has the notice already, so that a second try leaves it out. It goes
-- when all have it, and is made anew when the house's index key turns.
-- app: select insert update delete
create table incidents.recipient (
  delivery_id   uuid primary key references incidents.delivery,
  notice_id     uuid not null references incidents.notice,
  controller_id uuid not null,
  value         bytea not null,
  index_version int not null check (index_version > 0)
);
comment on column incidents.recipient.value is 'cipher: keyed hash';
create index recipient_notice on incidents.recipient (notice_id);
alter table incidents.recipient enable row level security;
alter table incidents.recipient force row level security;
create policy scope on incidents.recipient
  using (ground.sees(controller_id)) with check (ground.sees(controller_id));

insert into incidents.recipient (delivery_id, notice_id, controller_id, value, index_version)
  select d.delivery_id, d.notice_id, d.controller_id, d.recipient, 1
  from incidents.delivery d join incidents.notice n using (notice_id)
  where d.outcome = 'accepted' and n.state = 'approved';

alter table incidents.delivery drop column recipient;
