import type { Sql } from '#kernel'
import { rootLog } from '../entries/entry.ts'
import type { TreeHead } from './store.ts'

/** The installation's keys, the private halves sealed. */
export interface SignerRow {
  /** Origins are this, a slash and the log's name. */
  readonly originPrefix: string
  readonly at: Date
  readonly ed25519Public: Buffer
  readonly ed25519Sealed: Buffer
  readonly mlDsa44Public: Buffer
  readonly mlDsa44Sealed: Buffer
  /** Names that the log has had, this one among them: 1 and one for each succession. */
  readonly generation: number
}

export interface StoredCheckpoint extends TreeHead {
  readonly at: Date
  /** The signed note. */
  readonly note: string
  /** Its leaf in the root tree; null for the root's own. */
  readonly rootIndex: number | null
  /** Which of the log's names it bears. */
  readonly generation: number
}

export interface Cosignature {
  readonly log: string
  readonly size: number
  readonly name: string
  readonly kind: number
  readonly line: string
}

export async function installationId(sql: Sql): Promise<string> {
  const row = await sql.first<{ id: string }>({
    name: 'trail.installation.id',
    text: 'select id from ground.installation',
  })
  if (row === undefined) throw new Error('the installation has no id yet')
  return row.id
}

export async function findSigner(sql: Sql): Promise<SignerRow | undefined> {
  return sql.first({
    name: 'trail.signer.find',
    text: `
      select origin_prefix as "originPrefix", at, ed25519_public as "ed25519Public",
        ed25519_sealed as "ed25519Sealed", ml_dsa_44_public as "mlDsa44Public",
        ml_dsa_44_sealed as "mlDsa44Sealed",
        (select coalesce(max(generation), 1) from trail.succession) as generation
      from trail.signer`,
  })
}

/** Stores the keys of a first start; another node's, if it was quicker, stay. */
export async function insertSigner(sql: Sql, signer: Omit<SignerRow, 'generation'>): Promise<void> {
  await sql.run({
    name: 'trail.signer.insert',
    text: `
      insert into trail.signer (origin_prefix, at, ed25519_public, ed25519_sealed,
        ml_dsa_44_public, ml_dsa_44_sealed)
      values ($1, $2, $3, $4, $5, $6) on conflict do nothing`,
    values: [
      signer.originPrefix,
      signer.at,
      signer.ed25519Public,
      signer.ed25519Sealed,
      signer.mlDsa44Public,
      signer.mlDsa44Sealed,
    ],
  })
}

/**
 * Whether a checkpoint is due: something has grown, and the root's last is older than the shortest interval. One
 * of the future is of a clock that ran ahead and was set right: it postpones nothing.
 */
export async function isDue(sql: Sql, now: Date, shortestIntervalMs: number): Promise<boolean> {
  const row = await sql.first<{ due: boolean }>({
    name: 'trail.checkpoint.due',
    text: `
      select exists (select from trail.log where size > signed_size)
        and not exists (select from trail.log where log = 'root' and signed_at > $1 and signed_at <= $2)
          as due`,
    values: [new Date(now.getTime() - shortestIntervalMs), now],
  })
  return row!.due
}

/** Heads that no checkpoint covers yet, without the root's. */
export async function unsignedHeads(sql: Sql): Promise<TreeHead[]> {
  return sql.rows({
    name: 'trail.log.unsigned',
    text: `
      select log, size, root from trail.log
      where size > signed_size and log <> 'root' order by log`,
  })
}

export async function insertCheckpoints(
  sql: Sql,
  checkpoints: readonly StoredCheckpoint[],
): Promise<void> {
  await sql.run({
    name: 'trail.checkpoint.insert',
    text: `
      with signed as (
        insert into trail.checkpoint (log, size, root, at, note, root_index, generation)
        select * from unnest($1::text[], $2::bigint[], $3::bytea[], $4::timestamptz[], $5::text[],
          $6::bigint[], $7::int[])
        returning log, size, at
      )
      update trail.log set signed_size = signed.size, signed_at = signed.at
      from (select distinct on (log) log, size, at from signed order by log, size desc) as signed
      where log.log = signed.log`,
    values: [
      checkpoints.map((c) => c.log),
      checkpoints.map((c) => c.size),
      checkpoints.map((c) => c.root),
      checkpoints.map((c) => c.at),
      checkpoints.map((c) => c.note),
      checkpoints.map((c) => c.rootIndex),
      checkpoints.map((c) => c.generation),
    ],
  })
}

/** Stores a further signature line, and drops those of the same key but for the newest `keep`. */
export async function insertCosignature(
  sql: Sql,
  cosignature: Cosignature,
  keep: number,
): Promise<void> {
  const { log, size, name, kind, line } = cosignature
  await sql.run({
    name: 'trail.cosignature.insert',
    text: `
      insert into trail.cosignature (log, size, name, kind, line) values ($1, $2, $3, $4, $5)
      on conflict do nothing`,
    values: [log, size, name, kind, line],
  })
  await sql.run({
    name: 'trail.cosignature.thin',
    text: `
      delete from trail.cosignature
      where log = $1 and name = $2 and kind = $3 and size < (
        select min(size) from (
          select size from trail.cosignature
          where log = $1 and name = $2 and kind = $3 order by size desc limit $4
        ) as newest
      )`,
    values: [log, name, kind, keep],
  })
}

/** A log's newest checkpoint of at least `size`, with every signature line there is. */
export async function newestCheckpoint(
  sql: Sql,
  log: string,
  size = 0,
): Promise<StoredCheckpoint | undefined> {
  return sql.first({
    name: 'trail.checkpoint.newest',
    text: `
      select c.log, c.size, c.root, c.at, c.root_index as "rootIndex", c.generation,
        c.note || coalesce((
          select string_agg(line, '' order by kind, name) from trail.cosignature s
          where s.log = c.log and s.size = c.size
        ), '') as note
      from trail.checkpoint c where c.log = $1 and c.size >= $2 order by c.size desc limit 1`,
    values: [log, size],
  })
}

/** The root a checkpoint in the database gives a tree at this size, if there is one. */
export async function signedRoot(sql: Sql, log: string, size: number): Promise<Buffer | undefined> {
  const row = await sql.first<{ root: Buffer }>({
    name: 'trail.checkpoint.root',
    text: 'select root from trail.checkpoint where log = $1 and size = $2',
    values: [log, size],
  })
  return row?.root
}

/** A leaf of the root tree: a checkpoint of another. */
export interface RootLeafRow extends TreeHead {
  readonly rootIndex: number
  readonly note: string
}

/** Leaves `[start, end)` of the root tree, in order. */
export async function rootLeaves(sql: Sql, start: number, end: number): Promise<RootLeafRow[]> {
  return sql.rows({
    name: 'trail.checkpoint.leaves',
    text: `
      select root_index as "rootIndex", log, size, root, note from trail.checkpoint
      where root_index >= $1 and root_index < $2 order by root_index`,
    values: [start, end],
  })
}

/** Why signing is refused, since when; undefined while it is not. */
export async function findSigningStop(
  sql: Sql,
): Promise<{ at: Date; because: string } | undefined> {
  return sql.first({
    name: 'trail.state.refused',
    text: `
      select refused_at as at, refused_because as because from trail.state
      where refused_at is not null`,
  })
}

/** Records why signing is refused, or that it no longer is. The first instant stays. */
export async function saveSigningStop(sql: Sql, now: Date, because: string | null): Promise<void> {
  await sql.run({
    name: 'trail.state.refuse',
    text: `
      update trail.state set refused_because = $2,
        refused_at = case when $2::text is null then null else coalesce(refused_at, $1) end
      where refused_because is distinct from $2`,
    values: [now, because],
  })
}

/** Head of the root tree, or undefined before the first checkpoint. */
export async function rootHead(
  sql: Sql,
): Promise<(TreeHead & { readonly signedSize: number }) | undefined> {
  return sql.first({
    name: 'trail.log.root',
    text: `
      select log, size, root, signed_size as "signedSize" from trail.log where log = $1`,
    values: [rootLog],
  })
}
