import type { Sql } from '#kernel'

export async function insertCanaries(
  sql: Sql,
  controllerId: string,
  ordinals: readonly number[],
  now: Date,
): Promise<void> {
  await sql.run({
    name: 'watch.canary.insert',
    text: `insert into watch.canary (controller_id, subject_ordinal, planted_at)
           select $1, ordinal, $3 from unnest($2::int[]) as ordinal`,
    values: [controllerId, ordinals, now],
  })
}

export async function countCanaries(
  sql: Sql,
  controllerId: string,
): Promise<{ readonly count: number; readonly lastPlantedAt: Date | null }> {
  const row = await sql.first<{ count: number; lastPlantedAt: Date | null }>({
    name: 'watch.canary.count',
    text: `select count(*) as count, max(planted_at) as "lastPlantedAt"
           from watch.canary where controller_id = $1`,
    values: [controllerId],
  })
  return row!
}

/** The canaries of these controllers, as the rule wants them. */
export async function canariesOf(
  sql: Sql,
  controllerIds: readonly string[],
): Promise<Map<string, Set<number>>> {
  if (controllerIds.length === 0) return new Map()
  const rows = await sql.rows<{ controllerId: string; ordinals: number[] }>({
    name: 'watch.canary.of',
    text: `select controller_id as "controllerId", array_agg(subject_ordinal) as ordinals
           from watch.canary where controller_id = any ($1::uuid[]) group by controller_id`,
    values: [controllerIds],
  })
  return new Map(rows.map(({ controllerId, ordinals }) => [controllerId, new Set(ordinals)]))
}

export async function deleteCanary(sql: Sql, controllerId: string, ordinal: number): Promise<void> {
  await sql.run({
    name: 'watch.canary.delete',
    text: 'delete from watch.canary where controller_id = $1 and subject_ordinal = $2',
    values: [controllerId, ordinal],
  })
}

/** Marks a workload as a check's own. */
export async function insertProbeActor(
  sql: Sql,
  { actorKind, actorId }: { readonly actorKind: string; readonly actorId: string },
): Promise<void> {
  await sql.run({
    name: 'watch.probe-actor.insert',
    text: 'insert into watch.probe_actor (actor_kind, actor_id) values ($1, $2)',
    values: [actorKind, actorId],
  })
}

export async function deleteProbeActor(sql: Sql, actorId: string): Promise<void> {
  await sql.run({
    name: 'watch.probe-actor.delete',
    text: 'delete from watch.probe_actor where actor_id = $1',
    values: [actorId],
  })
}
