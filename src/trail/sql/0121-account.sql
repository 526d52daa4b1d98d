-- Uses of subjects' keys and answers with personal data, by the hour they were held against entries in:
-- how many there were, how many were looked up, and how many of those have no entry.
-- app: insert select update
create table trail.account (
  hour    timestamptz not null,
  kind    text not null check (kind in ('opened', 'answered')),
  seen    bigint not null check (seen >= looked),
  looked  bigint not null check (looked >= missing),
  missing bigint not null check (missing >= 0),
  primary key (hour, kind)
);
