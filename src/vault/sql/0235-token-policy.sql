-- How tokens of a field may look, where that was decided: none, by chance, or drawn into one pattern.
-- Without a row any may be made.
create table vault.token_policy (
  controller_id uuid not null references vault.controller,
  category      smallint not null,
  field         text not null,
  form          text not null check (form in ('none', 'random', 'pattern')),
  pattern       text,
  luhn          boolean not null default false,
  set_at        timestamptz not null,
  primary key (controller_id, category, field),
  check ((form = 'pattern') = (pattern is not null))
);
alter table vault.token_policy enable row level security;
alter table vault.token_policy force row level security;
create policy scope on vault.token_policy
  using (ground.sees(controller_id)) with check (ground.sees(controller_id));
comment on column vault.token_policy.field is 'plain: name of a field';
comment on column vault.token_policy.pattern is 'plain: pattern that tokens are drawn into';
comment on column vault.token_policy.form is 'plain: none, random or pattern';
create index token_field on vault.token (controller_id, category, field);

-- Whoever writes contracts may try what a rule would leave, and sees how many tokens there are.
update identity.role set actions = actions || '{vault.remains.preview,vault.token.list}'::text[]
where name = 'administrator' and built_in;
-- Who ends contracts and erases subjects hands out the proof.
update identity.role set actions = actions
  || '{keys.subject-certificate.read,keys.controller-certificate.read}'::text[]
where name = 'privacy' and built_in;
