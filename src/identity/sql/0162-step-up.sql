-- When a session last showed a second factor. What takes much data out wants it to be fresh.
alter table identity.session add column proven_at timestamptz;
update identity.session set proven_at = started_at where assurance = 2;
