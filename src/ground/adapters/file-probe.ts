import type { Client } from 'pg'
import { appRole } from './postgres-roles.ts'

/**
 * A function by which the server may ask one thing of PostgreSQL's own files, which it cannot read
 * itself: do these bytes stand in any file written since? It answers by file, yes or no, and never
 * shows a byte. It belongs to the superuser, and exists only in the built-in cluster.
 */
const definition = `
create schema if not exists file_probe;
revoke all on schema file_probe from public;
create or replace function file_probe.search(needles bytea[], since timestamptz)
  returns table (file text, hits boolean[])
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  piece_bytes constant bigint := 16777216;
  overlap constant bigint := 256;
  seen record;
  piece bytea;
  at_byte bigint;
begin
  for seen in
    with recursive tree (path, size, isdir, modification) as (
      select d, s.size, s.isdir, s.modification
      from pg_ls_dir('.') d cross join lateral pg_stat_file(d, true) s
      union all
      select t.path || '/' || d, s.size, s.isdir, s.modification
      from tree t cross join lateral pg_ls_dir(t.path, true, false) d
        cross join lateral pg_stat_file(t.path || '/' || d, true) s
      where t.isdir
    )
    select path, size from tree where not isdir and modification >= since
  loop
    file := seen.path;
    hits := array_fill(false, array[cardinality(needles)]);
    at_byte := 0;
    loop
      piece := pg_read_binary_file(seen.path, at_byte, piece_bytes, true);
      -- Gone meanwhile, or read to its end.
      exit when piece is null or length(piece) = 0;
      for i in 1 .. cardinality(needles) loop
        hits[i] := hits[i] or position(needles[i] in piece) > 0;
      end loop;
      exit when length(piece) < piece_bytes;
      at_byte := at_byte + piece_bytes - overlap;
    end loop;
    return next;
  end loop;
end $$;
revoke all on function file_probe.search(bytea[], timestamptz) from public;
grant usage on schema file_probe to ${appRole};
grant execute on function file_probe.search(bytea[], timestamptz) to ${appRole};`

/** Makes the function, or brings it up to date. Run as superuser in the house's database. */
export async function ensureFileProbe(client: Client): Promise<void> {
  await client.query(definition)
}
