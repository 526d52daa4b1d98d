import type { Client } from 'pg'

/** Owns the database and runs its migrations. May make databases and roles, is no superuser. */
export const ownerRole = 'holdfast_owner'
/** What the server works as: no DDL, no ownership. */
export const appRole = 'holdfast_app'
export const databaseName = 'holdfast'

/**
 * Who may connect. There is no password: whoever reaches the socket, which lies in a directory of
 * mode 0700, is in. The superuser is let in only while a cluster starts: from then on nothing that
 * runs here can read files or start programs through the database.
 */
export function accessRules(superuser: 'open' | 'closed'): string {
  return `${superuser === 'closed' ? 'local all postgres reject\n' : ''}local all all trust\n`
}

/** Makes the roles and the database, where they are not there yet. Run as superuser at every start. */
export async function ensureRoles(client: Client): Promise<void> {
  await ensureRole(client, ownerRole, 'createrole createdb')
  await ensureRole(client, appRole, '')
  await client.query(`grant ${appRole} to ${ownerRole} with admin option`)
  await client.query(`grant pg_monitor, pg_checkpoint to ${ownerRole}`)
  const { rowCount } = await client.query('select from pg_database where datname = $1', [
    databaseName,
  ])
  if (rowCount === 0) await client.query(`create database ${databaseName} owner ${ownerRole}`)
  await client.query(`revoke all on database ${databaseName} from public`)
  await client.query(`grant connect on database ${databaseName} to ${appRole}`)
}

async function ensureRole(client: Client, name: string, rights: string): Promise<void> {
  const { rowCount } = await client.query('select from pg_roles where rolname = $1', [name])
  if (rowCount === 0) await client.query(`create role ${name} login ${rights}`)
}
