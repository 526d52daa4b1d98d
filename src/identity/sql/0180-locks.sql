-- A lock stands on an actor, a session, a role, a network or a controller. `target` names it: an id,
-- a role's name, a network as PostgreSQL writes it.
alter table identity.lock
  add column kind text not null default 'person',
  add column target text,
  add column network cidr,
  alter column actor_id drop not null;
update identity.lock l set kind = a.kind, target = a.id::text
  from identity.actor a where a.id = l.actor_id;
alter table identity.lock
  alter column kind drop default,
  alter column target set not null,
  add check (kind in ('person', 'workload', 'session', 'role', 'network', 'controller')),
  add check ((kind in ('person', 'workload')) = (actor_id is not null)),
  add check ((kind = 'network') = (network is not null));
drop index identity.lock_standing;
create unique index lock_standing on identity.lock (kind, target) where lifted_at is null;
create index lock_actor on identity.lock (actor_id) where lifted_at is null;
create index lock_wide on identity.lock (kind) where lifted_at is null and actor_id is null;

-- Requests that were under way when a lock ended them.
-- app: insert select
create table identity.lock_cut (
  lock_id    uuid not null references identity.lock on delete cascade,
  at         timestamptz not null,
  action     text not null,
  actor_id   text not null,
  session_id uuid,
  ran_ms     int not null check (ran_ms >= 0)
);
create index lock_cut_lock on identity.lock_cut (lock_id);

-- What a workload is bound to beside its environment. Null means anywhere, and any purpose.
alter table identity.workload
  add column networks cidr[] check (cardinality(networks) > 0),
  add column purposes text[] check (cardinality(purposes) > 0);
