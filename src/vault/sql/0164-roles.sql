-- Whoever helps data subjects sees masked values and may reveal one field at a time, each with its own
-- entry; the data protection officer answers requests.
update identity.role set actions = actions || '{vault.field.reveal,vault.consent.record,
  vault.request.receive,vault.request.list,vault.request.read}'::text[]
where name = 'support' and built_in;
update identity.role set actions = actions || '{vault.field.reveal,vault.consent.*,vault.request.*,
  vault.export-request.*,vault.token.*,vault.remains.*,vault.record.rectify}'::text[]
where name = 'privacy' and built_in;
update identity.role set actions = actions || '{vault.consent.record,vault.request.receive,
  vault.request.list,vault.request.read,vault.request.forward,vault.request.instruct,
  vault.request.extend,vault.export-request.*,vault.remains.read}'::text[]
where name = 'administrator' and built_in;
