-- What a notice is about, so that it goes when that is answered, and until when it is good.
-- Notices from before have neither and stay until somebody puts them away.
alter table identity.notice
  add column about   uuid,
  add column ends_at timestamptz;
create index notice_about on identity.notice (about) where seen_at is null and about is not null;
