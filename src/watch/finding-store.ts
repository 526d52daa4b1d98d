import type { Sql } from '#kernel'
import type { Finding, FindingState, Sighting, Trace } from './finding.ts'

const columns = `finding_id as "findingId", at, rule, severity, controller_id as "controllerId",
  actor_kind as "actorKind", actor_id as "actorId", credential_id as "credentialId",
  session_id as "sessionId", source_key as "sourceKey", sentence, facts, first_at as "firstAt",
  last_at as "lastAt", first_position as "firstPosition", last_position as "lastPosition", state,
  settled_at as "settledAt", settled_reason as "settledReason", probe`

/**
 * Keeps a sighting: as a new finding, or as more of the living one of its rule and suspect. The
 * sentence with the largest number stands.
 *
 * @returns undefined where a person has dismissed the same hour already and it has not doubled since.
 */
export async function upsertFinding(
  sql: Sql,
  findingId: string,
  sighting: Sighting,
  now: Date,
): Promise<{ readonly findingId: string } | undefined> {
  const { traces } = sighting
  const first = traces.reduce((a, b) => (a.firstPosition <= b.firstPosition ? a : b))
  return sql.first({
    name: 'watch.finding.upsert',
    text: `
      insert into watch.finding as f (finding_id, at, rule, severity, controller_id, actor_kind,
        actor_id, credential_id, session_id, source_key, sentence, facts, weight, first_at, last_at,
        first_position, last_position, probe)
      select $1::uuid, $2::timestamptz, $3::text, $4, $5::uuid, $6::text, $7::text, $8::uuid, $9::uuid,
        $10::bytea, $11, $12::jsonb, $13::float8, $14::timestamptz, $15::timestamptz, $16::bigint,
        $17::bigint,
        exists (select from watch.probe_actor p where p.actor_kind = $6 and p.actor_id = $7)
      where not exists (
        select from watch.finding d
        where d.state = 'dismissed' and d.rule = $3 and d.actor_kind = $6 and d.actor_id = $7
          and d.credential_id is not distinct from $8::uuid
          and d.last_at >= $18::timestamptz and d.weight * 2 >= $13)
      on conflict (rule, actor_kind, actor_id, credential_id) where state in ('open', 'incident')
      do update set
        sentence = case when excluded.weight > f.weight then excluded.sentence else f.sentence end,
        facts = case when excluded.weight > f.weight then excluded.facts else f.facts end,
        weight = greatest(f.weight, excluded.weight),
        controller_id = case when f.controller_id = excluded.controller_id then f.controller_id end,
        first_at = least(f.first_at, excluded.first_at),
        last_at = greatest(f.last_at, excluded.last_at),
        first_position = least(f.first_position, excluded.first_position),
        last_position = greatest(f.last_position, excluded.last_position)
      returning finding_id as "findingId"`,
    values: [
      findingId,
      now,
      sighting.rule,
      sighting.severity,
      sighting.controllerId,
      sighting.actorKind,
      sighting.actorId,
      sighting.credentialId,
      first.sessionId,
      first.sourceKey,
      sighting.sentence,
      JSON.stringify(sighting.facts),
      sighting.weight,
      new Date(Math.min(...traces.map((t) => t.firstAt.getTime()))),
      new Date(Math.max(...traces.map((t) => t.lastAt.getTime()))),
      Math.min(...traces.map((t) => t.firstPosition)),
      Math.max(...traces.map((t) => t.lastPosition)),
      sighting.hour,
    ],
  })
}

/** Adds the sessions a finding's evidence lies in. */
export async function upsertTraces(
  sql: Sql,
  findingId: string,
  traces: readonly Trace[],
): Promise<void> {
  await sql.run({
    name: 'watch.trace.upsert',
    text: `
      insert into watch.trace as t (finding_id, credential_id, session_id, source_key, first_at,
        last_at, first_position, last_position, entries)
      select $1, * from unnest($2::uuid[], $3::uuid[], $4::bytea[], $5::timestamptz[],
        $6::timestamptz[], $7::bigint[], $8::bigint[], $9::bigint[])
      on conflict (finding_id, credential_id, session_id, source_key) do update set
        first_at = least(t.first_at, excluded.first_at), last_at = greatest(t.last_at, excluded.last_at),
        first_position = least(t.first_position, excluded.first_position),
        last_position = greatest(t.last_position, excluded.last_position),
        entries = t.entries + excluded.entries`,
    values: [
      findingId,
      traces.map((t) => t.credentialId),
      traces.map((t) => t.sessionId),
      traces.map((t) => t.sourceKey),
      traces.map((t) => t.firstAt),
      traces.map((t) => t.lastAt),
      traces.map((t) => t.firstPosition),
      traces.map((t) => t.lastPosition),
      traces.map((t) => t.entries),
    ],
  })
}

export async function tracesFor(
  sql: Sql,
  findingIds: readonly string[],
): Promise<(Trace & { readonly findingId: string })[]> {
  return sql.rows({
    name: 'watch.trace.read',
    text: `
      select finding_id as "findingId", credential_id as "credentialId", session_id as "sessionId",
        source_key as "sourceKey", first_at as "firstAt", last_at as "lastAt",
        first_position as "firstPosition", last_position as "lastPosition", entries
      from watch.trace where finding_id = any ($1::uuid[]) order by first_position`,
    values: [findingIds],
  })
}

export async function findingById(sql: Sql, findingId: string): Promise<Finding | undefined> {
  return sql.first({
    name: 'watch.finding.read',
    text: `select ${columns} from watch.finding where finding_id = $1`,
    values: [findingId],
  })
}

/** Newest first. Those of our own checks are left out unless a state other than theirs asks for them. */
export async function listFindings(
  sql: Sql,
  {
    state,
    before,
    limit,
  }: {
    readonly state: FindingState | null
    readonly before: string | null
    readonly limit: number
  },
): Promise<Finding[]> {
  return sql.rows({
    name: 'watch.finding.list',
    text: `select ${columns} from watch.finding
           where not probe and ($1::text is null or state = $1)
             and ($2::uuid is null or finding_id < $2::uuid)
           order by finding_id desc limit $3`,
    values: [state, before, limit],
  })
}

/** Findings that call for an incident: certain or high, not of our own checks, and alive. */
export async function callingFindings(sql: Sql): Promise<Finding[]> {
  return sql.rows({
    name: 'watch.finding.calling',
    text: `select ${columns} from watch.finding
           where state in ('open', 'incident') and severity in ('certain', 'high') and not probe
           order by finding_id`,
  })
}

/** Moves a finding on; 0 when it was not in one of the states it may be moved from. */
export async function settle(
  sql: Sql,
  settling: {
    readonly findingId: string
    readonly from: readonly FindingState[]
    readonly to: FindingState
    readonly now: Date
    readonly by: string
    readonly reason: Buffer | null
  },
): Promise<number> {
  return sql.run({
    name: 'watch.finding.settle',
    text: `update watch.finding set state = $3, settled_at = $4, settled_by = $5, settled_reason = $6
           where finding_id = $1 and state = any ($2::text[])`,
    values: [
      settling.findingId,
      settling.from,
      settling.to,
      settling.now,
      settling.by,
      settling.reason,
    ],
  })
}

/** The newest finding of a canary workload of ours. */
export async function newestProbeFinding(sql: Sql, actorId: string): Promise<Finding | undefined> {
  return sql.first({
    name: 'watch.finding.probe',
    text: `select ${columns} from watch.finding
           where probe and actor_id = $1 order by finding_id desc limit 1`,
    values: [actorId],
  })
}
