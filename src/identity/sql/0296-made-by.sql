-- Who was shown a credential, keeps a private key or had a certificate made can act as the workload: whoever decides on
-- what it asks must be somebody else. Null where it was no person, or before this was noted.
alter table identity.credential add column made_by uuid;
alter table identity.workload_key add column made_by uuid;
alter table identity.certificate add column made_by uuid;
