-- Keys of rings that were destroyed, when and by which act: what certificates of erasure stand on.
-- app: insert select
create table keys.destruction (
  ring       text not null,
  family     text not null,
  version    int not null,
  created_at timestamptz not null,
  at         timestamptz not null,
  action     text not null,
  primary key (ring, family, version)
);
