create schema gate;

-- How often the door refused, by hour and code. No address stands here: who was refused is told
-- in the trail's sealed payloads.
create table gate.refusal_hour (
  hour  timestamptz not null,
  code  text not null,
  count bigint not null check (count > 0),
  primary key (hour, code)
);
