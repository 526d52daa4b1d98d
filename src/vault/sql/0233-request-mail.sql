-- A request that no mail server would take to its controller: a step of its own, and nothing is forwarded.
alter table vault.request_step drop constraint request_step_what_check;
alter table vault.request_step add constraint request_step_what_check check (what in
  ('received', 'found', 'forwarded', 'unsent', 'instructed', 'extended', 'done', 'declined'));
