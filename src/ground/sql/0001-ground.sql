-- The ground every room's tables stand on: who may see which controller's rows.
create schema ground;

-- True when the open transaction is confined to this controller, or is the house's own. The
-- threshold sets `holdfast.scope` at each transaction's start; without it nothing is seen.
create function ground.sees(controller uuid) returns boolean
  language sql stable parallel safe
  return coalesce(current_setting('holdfast.scope', true) in ('house', controller::text), false);

-- One row per installation, made at the first start.
create table ground.installation (
  id         uuid primary key,
  created_at timestamptz not null
);
