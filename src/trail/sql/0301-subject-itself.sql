-- An act may touch a subject and none of its records: somebody was found by their key.
alter table trail.entry drop constraint entry_check, drop constraint entry_check2;
alter table trail.entry add check ((touched is null) = (subjects = 0)),
  add check (records >= 0 and (records = 0 or subjects > 0));
