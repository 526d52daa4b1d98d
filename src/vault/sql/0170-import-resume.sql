-- An import goes on where it was interrupted: bytes_read is where the next row begins.
alter table vault.import
  -- How often a stream was begun for it; the newest alone may add to it.
  add column attempt integer not null default 1,
  -- CSV: how many columns its header has, and where those stand that the mapping names.
  add column csv_columns jsonb,
  drop constraint import_format_check,
  add constraint import_format_check check (format in ('csv', 'ndjson', 'archive'));
