import { createHash } from 'node:crypto'
import { dayMs, minuteMs, newId } from '#ground'
import type { Act } from '#kernel'
import { type Cut, issueCredential, lockActor } from '#identity'
import { entriesOf, headPosition, readCheckpoint, rootLog, treeHeads } from '#trail'
import { digestOf } from './canonical.ts'
import type { Culprit, Evidence, Step } from './incident.ts'
import { findingsTied, type Suspect, suspectsOf, updateIncident } from './incident-store.ts'
import { demandOpen } from './open-acts.ts'
import { noSuspect, notCuttable } from './refusals.ts'
import { insertEvidence, insertStep, stepsOf } from './response-store.ts'
import { tellTimeline } from './timeline-acts.ts'

/** How far back what a suspect did is looked at. */
export const reachDays = 90

/**
 * Whom to cut off: every suspect person and workload that is not cut yet, or has acted since.
 *
 * @throws {Refusal} `incidents.no-suspect`, `incidents.not-cuttable` when there is nobody to cut.
 */
export async function culpritsOf(act: Act, incidentId: string): Promise<Culprit[]> {
  await demandOpen(act, incidentId)
  const suspects = await suspectsOf(act.sql, incidentId)
  if (suspects.length === 0) throw noSuspect()
  const culprits = distinctCulprits(suspects)
  if (culprits.length === 0) throw notCuttable()
  const steps = await stepsOf(act.sql, incidentId)
  return culprits.filter(({ kind, id }) => {
    const own = suspects.filter((s) => s.actorKind === kind && s.actorId === id)
    const cuts = steps.filter((s) => s.step === 'cut' && s.held && s.actorId === id)
    const cutAt = Math.max(...cuts.map(({ endedAt }) => endedAt.getTime()), -Infinity)
    const since = Math.max(...own.map(({ lastAt }) => lastAt?.getTime() ?? 0))
    return cuts.length === 0 || since > cutAt
  })
}

export const distinctCulprits = (suspects: readonly Suspect[]): Culprit[] => [
  ...new Map(
    suspects.flatMap(({ actorKind: kind, actorId: id }) =>
      kind === 'person' || kind === 'workload' ? [[`${kind} ${id}`, { kind, id }] as const] : [],
    ),
  ).values(),
]

/**
 * Secures what stands before the cut, each piece with its digest: where the trail is, who is
 * suspected, what was found, and what the suspect's entries are.
 *
 * @returns how many pieces.
 */
export async function snapshot(act: Act, incidentId: string, culprit: Culprit): Promise<number> {
  const { sql } = act
  const trees = await treeHeads(sql)
  const suspects = (await suspectsOf(sql, incidentId)).filter((s) => s.actorId === culprit.id)
  const pieces: Record<string, Evidence['body']> = {
    'trail-head': {
      position: await headPosition(sql),
      trees: trees.map(({ log, size, root }) => ({ log, size, root: root.toString('base64') })),
      rootCheckpoint: (await readCheckpoint(sql, rootLog)) ?? null,
    },
    suspects: {
      ...culprit,
      sessions: suspects.map(({ credentialId, sessionId, sourceKey, firstAt, lastAt }) => ({
        credentialId,
        sessionId,
        source: sourceKey?.toString('base64') ?? null,
        firstAt: firstAt?.toISOString() ?? null,
        lastAt: lastAt?.toISOString() ?? null,
      })),
    },
    findings: { findingIds: await findingsTied(sql, incidentId) },
    entries: await entriesFacts(act, culprit),
  }
  for (const [kind, body] of Object.entries(pieces)) {
    await keepEvidence(act, incidentId, kind, body)
  }
  act.tell({ incidentId, secured: Object.keys(pieces) })
  return Object.keys(pieces).length
}

/** The suspect's entries as one digest: whoever has the trail can tell whether one is missing. */
async function entriesFacts({ sql, now }: Act, { id }: Culprit): Promise<Evidence['body']> {
  const from = new Date(now.getTime() - reachDays * dayMs)
  const until = new Date(now.getTime() + minuteMs)
  const hash = createHash('sha256')
  let count = 0
  let [first, last]: (string | null)[] = [null, null]
  for await (const page of entriesOf(sql, { actorId: id, from, until }))
    for (const { entryId, touched } of page) {
      hash.update(`${entryId} `).update(touched ?? '')
      first ??= entryId
      last = entryId
      count += 1
    }
  return {
    count,
    from: from.toISOString(),
    firstEntry: first,
    lastEntry: last,
    sha256: hash.digest('hex'),
  }
}

async function keepEvidence(
  { sql, now: at }: Act,
  incidentId: string,
  kind: string,
  body: Evidence['body'],
): Promise<void> {
  const evidence = { evidenceId: newId(), at, kind, body, digest: digestOf(body) }
  await insertEvidence(sql, incidentId, evidence)
}

/** A credential of the suspect's own, for two minutes: what it may do, the suspect may do. */
export async function mintProbe(act: Act, { id }: Culprit): Promise<string> {
  const expiresAt = new Date(act.now.getTime() + 2 * minuteMs)
  const { token } = await issueCredential(act, id, { label: 'containment probe', expiresAt })
  return token
}

/** Ends every session and revokes every credential of the suspect, and lets no new one in. */
export async function cutOff(act: Act, incidentId: string, culprit: Culprit): Promise<Cut> {
  const cut = await lockActor(act, culprit, `Incident ${incidentId}`)
  const { sessions, credentials } = cut
  await keepEvidence(act, incidentId, 'cut', {
    ...culprit,
    sessions: [...sessions],
    credentials: [...credentials],
  })
  return cut
}

/** Writes down the steps of a cut as they went, and what that makes of the incident. */
export async function recordSteps(
  act: Act,
  incidentId: string,
  steps: readonly Step[],
): Promise<void> {
  for (const step of steps) {
    await insertStep(act.sql, newId(), incidentId, step)
    const { sentence, held, seconds } = step
    const facts = { seconds, held, ...step.facts }
    await tellTimeline(act, incidentId, { kind: step.step, sentence, facts })
  }
  const contained = await isContained(act, incidentId)
  const cutAt = steps.find(({ step }) => step === 'cut')?.endedAt
  await updateIncident(act.sql, incidentId, {
    state: contained ? 'contained' : 'assessing',
    // The count is to say how far it reached until then.
    due: true,
    ...(contained && cutAt !== undefined ? { containedAt: cutAt } : {}),
  })
  act.tell({ incidentId, contained })
}

/** Whether the newest cut of every suspect was made and held when it was tried. */
async function isContained({ sql }: Act, incidentId: string): Promise<boolean> {
  const culprits = distinctCulprits(await suspectsOf(sql, incidentId))
  const steps = await stepsOf(sql, incidentId)
  return culprits.every(({ id }) =>
    (['cut', 'probe-after'] as const).every(
      (name) => steps.findLast((s) => s.actorId === id && s.step === name)?.held === true,
    ),
  )
}
