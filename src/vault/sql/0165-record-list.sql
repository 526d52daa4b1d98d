-- Whoever lists subjects under their pseudonyms may list records so.
update identity.role set actions = actions || '{vault.record.list}'::text[]
where name in ('administrator', 'privacy', 'support') and built_in;
