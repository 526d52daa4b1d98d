-- Files of subjects: who answers requests handles them in full; who helps puts them in and sees that they
-- are there; who runs the house also says how large they may be.
update identity.role set actions = actions || '{vault.attachment.*}'::text[]
where name = 'privacy' and built_in;
update identity.role set actions = actions || '{vault.attachment.list,vault.attachment.put}'::text[]
where name = 'support' and built_in;
update identity.role set actions = actions || '{vault.attachment.list,vault.attachment.put,
  vault.attachment.limit}'::text[]
where name = 'administrator' and built_in;
