-- Mailing a request is an action of its own; who may write down that one was passed on may mail it.
update identity.role set actions = actions || '{vault.request.mail}'::text[]
where name = 'administrator' and built_in;
