-- A controller is closed before it leaves: nothing is taken in or read any more but the return of its data.
alter table vault.controller
  drop constraint controller_state_check,
  add constraint controller_state_check check (state in ('active', 'returning', 'leaving', 'left')),
  -- Who closed it; above the contract's number of subjects somebody else takes the return out.
  add column closed_by text,
  -- SHA-256 of the archive of its last whole return.
  add column returned_sha256 bytea,
  add constraint controller_returning check (state <> 'returning' or closed_by is not null);
