-- A controller that came since the last analysis is believed to have no subjects: any index that begins
-- with its id then looks as good as the one that finds a single subject, and every batch of an import read all
-- subjects before it. Without figures of this column each controller is taken to have its share, and what
-- is unique wins.
alter table vault.subject alter controller_id set statistics 0;
-- What was counted before stays otherwise. Before PostgreSQL 18 it cannot be taken back, and there it does.
do $$ begin
  if current_setting('server_version_num')::int >= 180000 then
    perform pg_clear_attribute_stats('vault', 'subject', 'controller_id', false);
  end if;
end $$;
