-- Whoever was invited by mail enrols with that address and no other. Null: with any.
alter table identity.enrolment
  add column invited_key bytea check (octet_length(invited_key) = 32);
comment on column identity.enrolment.invited_key is 'cipher: keyed hash';
