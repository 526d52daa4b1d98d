-- A word's entries lie together: one row says of 256 positions which of them bear it. Words that many
-- entries share, and nearly all are such, cost a row in 256 instead of a row and nine index tuples each.

drop table trail.lookup;

-- Bit n, from the left, stands for position 256 * span + n.
-- app: insert select update delete
create table trail.posting (
  term      int not null,
  span      bigint not null,
  positions bit(256) not null,
  primary key (term, span)
) with (fillfactor = 50);

-- All of it is made anew from the entries.
truncate trail.lookup_subject, trail.lookup_span;
update trail.term set entries = 0;
update trail.lookup_state set position = 0;
