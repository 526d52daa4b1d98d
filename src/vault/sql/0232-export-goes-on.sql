-- An export that breaks off goes on under the approval it began with. What that was is pinned when it
-- begins: the format, the last subject there was, where it began; and how far it has left.
alter table vault.export_request
  add column format       text,
  -- Ordinals of subjects.
  add column up_to        integer,
  add column begun_from   integer,
  add column left_to      integer,
  -- Batches that have left since it began or last went on, and how often it went on.
  add column left_batches integer not null default 0,
  add column gone_on      integer not null default 0;
comment on column vault.export_request.format is 'plain: ndjson, csv or archive';
