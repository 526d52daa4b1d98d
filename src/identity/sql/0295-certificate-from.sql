-- breaking: a certificate knows the one it was got by, so that with a stolen one goes whatever it was renewed to.
alter table identity.certificate
  add column renewed_from uuid references identity.certificate on delete set null;
update identity.certificate c set renewed_from = old.id
  from identity.certificate old where old.renewed_by = c.id;
alter table identity.certificate drop column renewed_by;
create index certificate_renewed_from on identity.certificate (renewed_from);
