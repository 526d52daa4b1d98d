-- Under which version of the house's index key an e-mail is found: a rotation makes the older ones
-- anew, and their key is destroyed once none is left.
alter table identity.person
  add column email_index_version int not null default 1 check (email_index_version > 0);
create index person_email_index_version on identity.person (email_index_version);
