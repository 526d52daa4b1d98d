import { createHash } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { runMigrations } from 'graphile-worker'
import { Pool, type PoolClient } from 'pg'
import { newId } from './ids.ts'
import { quiet } from './queue-log.ts'

/** The role the server runs as: no DDL, no ownership, only what each table's line grants. */
export const appRole = 'holdfast_app'

const lockNumber = 4_711_001
const anyPrivileges = 'select insert update delete'

export interface Migration {
  readonly number: number
  readonly file: string
  readonly text: string
}

/** Migrations of all rooms in order of their number, which is unique in the whole house. */
export function migrationsIn(root: string): Migration[] {
  return globSync('src/*/sql/*.sql', { cwd: root })
    .map((file) => ({
      number: Number.parseInt(basename(file), 10),
      file,
      text: readFileSync(join(root, file), 'utf8'),
    }))
    .sort((a, b) => a.number - b.number)
}

/**
 * Brings the schema up to date and grants the app role exactly what each table allows it. Run as
 * the owner. Several nodes may start at once; one works, the others wait.
 *
 * @param upTo - the last number to apply: a restore fills the schema its backup was made with, and
 *   migrates on from there.
 * @returns the numbers applied by this call, ascending; empty when nothing was due.
 * @throws when a migration that was applied has been changed since.
 */
export async function migrate(
  url: string,
  root: string,
  now: Date,
  upTo = Number.MAX_SAFE_INTEGER,
): Promise<number[]> {
  const pool = new Pool({ connectionString: url, max: 2, options: '-c timezone=UTC' })
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  const client = await pool.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [lockNumber])
    await client.query(
      'create table if not exists public.holdfast_migration (number int primary key, digest text not null, at timestamptz not null)',
    )
    await ensureAppRole(client)
    const applied: number[] = []
    const files = migrationsIn(root).filter(({ number }) => number <= upTo)
    for (const migration of files) {
      if (await apply(client, migration, now)) applied.push(migration.number)
    }
    if (applied.length > 0) {
      await runMigrations({ pgPool: pool, logger: quiet })
      await grant(client, files)
      await client.query(
        'insert into ground.installation (id, created_at) select $1, $2 where not exists (select from ground.installation)',
        [newId(), now],
      )
    }
    return applied
  } finally {
    await client.query('select pg_advisory_unlock($1)', [lockNumber]).catch(() => {})
    client.release()
    await pool.end()
  }
}

async function apply(client: PoolClient, migration: Migration, now: Date): Promise<boolean> {
  const { number, file, text } = migration
  const digest = createHash('sha256').update(text).digest('hex')
  const { rows } = await client.query<{ digest: string }>(
    'select digest from public.holdfast_migration where number = $1',
    [number],
  )
  if (rows[0] !== undefined) {
    if (rows[0].digest !== digest) throw new Error(`${file} was changed after it had been applied`)
    return false
  }
  await client.query('begin')
  try {
    await client.query(text)
    await client.query('insert into public.holdfast_migration values ($1, $2, $3)', [
      number,
      digest,
      now,
    ])
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    throw new Error(`${file} could not be applied`, { cause: error })
  }
  return true
}

/** Roles are the cluster's, not the database's: another database of this cluster may have made it. */
async function ensureAppRole(client: PoolClient): Promise<void> {
  await client.query(`do $$ begin
    if not exists (select from pg_roles where rolname = '${appRole}') then
      begin
        create role ${appRole} nologin;
      exception when duplicate_object or unique_violation then null;
      end;
    end if;
    -- From PostgreSQL 16 on, who makes a role may administer it, but not yet take it on.
    if not pg_has_role(current_user, '${appRole}',
      case when current_setting('server_version_num')::int >= 160000 then 'set' else 'member' end) then
      begin
        execute format('grant ${appRole} to %I', current_user);
      exception when unique_violation or invalid_grant_operation then null;
      end;
    end if;
  end $$`)
}

/** `-- app: insert select` above a `create table` names the app role's privileges on it. */
export function privilegesIn(text: string): Map<string, string> {
  const lines = text.matchAll(/(?:^--\s*app:\s*([a-z ]+)\n)?^create table (\w+\.\w+)/gm)
  return new Map([...lines].map(([, named, table]) => [table!, named?.trim() ?? anyPrivileges]))
}

async function grant(client: PoolClient, migrations: readonly Migration[]): Promise<void> {
  const tables = new Map(migrations.flatMap(({ text }) => [...privilegesIn(text)]))
  for (const { text } of migrations)
    for (const [, table] of text.matchAll(/^drop table (\w+\.\w+)/gm)) tables.delete(table!)
  const schemas = new Set([...tables.keys()].map((table) => table.split('.')[0]!))
  const statements = [
    ...[...schemas].flatMap((schema) => [
      `grant usage on schema ${schema} to ${appRole}`,
      `grant usage, select on all sequences in schema ${schema} to ${appRole}`,
    ]),
    ...[...tables].flatMap(([table, privileges]) => [
      `revoke all on ${table} from ${appRole}`,
      `grant ${privileges.split(/\s+/).join(', ')} on ${table} to ${appRole}`,
    ]),
    // A backup says which schema it was made with.
    `grant select on public.holdfast_migration to ${appRole}`,
    `grant usage on schema graphile_worker to ${appRole}`,
    `grant select, insert, update, delete on all tables in schema graphile_worker to ${appRole}`,
    `grant usage, select on all sequences in schema graphile_worker to ${appRole}`,
    `grant execute on all functions in schema graphile_worker to ${appRole}`,
    // graphile-worker locks its tables with row-level security and no policy; the app works them.
    `do $$ declare t record; begin
       for t in select tablename from pg_tables where schemaname = 'graphile_worker' and rowsecurity
         and not exists (select from pg_policies p where p.schemaname = 'graphile_worker' and p.tablename = pg_tables.tablename and p.policyname = 'holdfast')
       loop
         execute format('create policy holdfast on graphile_worker.%I to ${appRole} using (true) with check (true)', t.tablename);
       end loop;
     end $$`,
  ]
  for (const statement of statements) await client.query(statement)
}
