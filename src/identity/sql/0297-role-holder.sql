-- Roles that only a program can sensibly hold: nobody invites, grants or maps a person into one.
alter table identity.role add column for_workloads boolean not null default false;
update identity.role set for_workloads = true where name in ('canary', 'directory') and built_in;
