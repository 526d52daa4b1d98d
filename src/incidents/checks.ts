import { dayMs, newId } from '#ground'
import { type Check, type HouseCross, type Probe, Refusal, type World } from '#kernel'
import { findingsCalling } from '#watch'
import { clocksSince } from './clock-store.ts'
import { clockState } from './clock.ts'
import { incidentOfFinding } from './incident-store.ts'
import { isIntact } from './incident.ts'
import { missingIn } from './notice.ts'
import { standingNoticesAfter } from './notice-store.ts'
import {
  approveIncomplete,
  endAlert,
  endProbe,
  endReceipt,
  openByAlert,
  openByReport,
} from './probe-acts.ts'
import {
  cutsSince,
  draftTimesSince,
  evidenceAfter,
  evidenceRefusesChange,
  newestDrill,
} from './response-store.ts'

const action = 'incidents.measure.check'
const looking = { action, effect: 'read' } as const
const page = 500
const nil = '00000000-0000-0000-0000-000000000000'

/** A year of real cuts and clocks is looked at; drills must be younger than a quarter. */
const lookBackDays = 366
const since = (now: Date, days = lookBackDays) => new Date(now.getTime() - days * dayMs)

/** A finding that calls for an incident must have one before this. */
const takeUpMs = 60_000

/** Every way in opens an incident, and the doors that are not for everybody refuse everybody. */
export const intake: Check = async (cross, world, now) => {
  const [staff, alert, anyone] = [
    await byStaff(cross),
    await byAlert(cross),
    await byAnyone(cross, world),
  ]
  const late = await cross(looking, async (act) => {
    const calling = (await findingsCalling(act)).filter(
      ({ at }) => now.getTime() - at.getTime() > takeUpMs,
    )
    let waiting = 0
    for (const { findingId } of calling)
      if ((await incidentOfFinding(act.sql, findingId)) === undefined) waiting += 1
    return waiting
  })
  const probe = await nobodyGetsIn(world)
  const ways = [staff, alert, anyone, late === 0]
  const n = ways.filter(Boolean).length
  return {
    holds: n === ways.length && probe.refused,
    finding:
      `${n} of ${ways.length} ways in work: a report of staff ${opened(staff)}, another tool's alert ${opened(alert)}, ` +
      `anybody's report over the front door ${opened(anyone)}; ${late} findings wait for an incident.`,
    n,
    of: ways.length,
    facts: { staff, alert, anyone, findingsWaiting: late },
    probe,
  }
}

const opened = (did: boolean) => (did ? 'opens an incident' : 'opens NOTHING')

async function byStaff(cross: HouseCross): Promise<boolean> {
  const incidentId = await cross({ action }, openByReport)
  await cross({ action }, (act) => endProbe(act, incidentId))
  return true
}

async function byAlert(cross: HouseCross): Promise<boolean> {
  const key = await cross({ action }, openByAlert)
  return cross({ action }, (act) => endAlert(act, key))
}

async function byAnyone(cross: HouseCross, world: World): Promise<boolean> {
  const { status, body } = await post(world, '/public/reports', {
    text: 'A check tries this door.',
  })
  const receipt = /"receipt":"([^"]+)"/.exec(body)?.[1]
  if (status !== 200 || receipt === undefined) return false
  return cross({ action }, (act) => endReceipt(act, receipt))
}

async function nobodyGetsIn(world: World): Promise<Probe> {
  const report = await post(world, '/v1/incidents', { text: 'A check tries this door.' })
  const alert = await post(world, '/v1/alerts', { event_action: 'resolve', dedup_key: newId() })
  const answers = [report.status, alert.status]
  return {
    tried: 'opening an incident and resolving an alert over the front door without signing in',
    answer: answers.join(', '),
    refused: answers.every((status) => status === 401),
  }
}

const post = (world: World, path: string, json: unknown) =>
  world.fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(json),
  })

/** Every cut of the last year held when it was tried from outside; the newest drill says how fast. */
export const containment: Check = async (cross, _world, now) => {
  const { cuts, drill } = await cross(looking, async ({ sql }) => ({
    cuts: await cutsSince(sql, since(now)),
    drill: (await newestDrill(sql, 'breach')) ?? null,
  }))
  const held = cuts.filter((cut) => cut.held).length
  const slowest = cuts.reduce((most, { seconds }) => Math.max(most, seconds), 0)
  const newest = cuts.at(-1)?.endedAt
  return {
    holds: cuts.length > 0 && held === cuts.length,
    finding:
      cuts.length === 0
        ? 'Nothing has been cut off yet, in earnest or in a drill: run `holdfast drill breach`.'
        : `${held} of ${cuts.length} cuts held when they were tried from outside; the slowest took ${slowest.toFixed(1)} s from the opening of its incident.`,
    n: held,
    of: cuts.length,
    facts: {
      slowestSeconds: slowest,
      newestAt: newest?.toISOString() ?? null,
      drillAt: drill?.at.toISOString() ?? null,
      drillSeconds: drill?.seconds ?? null,
    },
    ...(newest === undefined ? {} : { covers: newest }),
  }
}

/** After every cut the suspect's own credential was refused at the front door. */
export const revocation: Check = async (cross, _world, now) => {
  const cuts = await cross(looking, ({ sql }) => cutsSince(sql, since(now)))
  const held = cuts.filter((cut) => cut.held).length
  const newest = cuts.at(-1)?.endedAt
  return {
    holds: cuts.length > 0 && held === cuts.length,
    finding:
      cuts.length === 0
        ? 'No credential has been revoked in an incident or drill yet: run `holdfast drill breach`.'
        : `In ${held} of ${cuts.length} cuts every session was ended and every credential revoked, and one of them, tried again, was refused.`,
    n: held,
    of: cuts.length,
    facts: { newestAt: newest?.toISOString() ?? null },
    ...(newest === undefined ? {} : { covers: newest }),
  }
}

/** No clock of the last year was missed, and a drill shows how soon drafts are ready. */
export const notification: Check = async (cross, _world, now) => {
  const { clocks, drafts, drill } = await cross(looking, async ({ sql }) => ({
    clocks: await clocksSince(sql, since(now)),
    drafts: await draftTimesSince(sql, since(now)),
    drill: (await newestDrill(sql, 'breach')) ?? null,
  }))
  const states = clocks.map((clock) => clockState(clock, now))
  const inTime = states.filter((state) => state === 'running' || state === 'met').length
  const slowest = drafts.reduce((most, { seconds }) => Math.max(most, seconds), 0)
  const shown = drafts.length > 0 && drill?.equal !== false
  const newest = drafts.at(-1)?.at
  return {
    holds: shown && inTime === clocks.length,
    finding: `${
      clocks.length === 0
        ? 'No real incident has started a clock in the last year.'
        : `${inTime} of ${clocks.length} clocks are met or run in time.`
    } ${
      drafts.length === 0
        ? 'No drill has shown yet how soon notices are ready: run `holdfast drill breach`.'
        : `Notices were drafted at most ${slowest.toFixed(1)} s after their incident was opened.`
    }`,
    n: inTime,
    of: clocks.length,
    facts: {
      incidentsDrafted: drafts.length,
      slowestDraftSeconds: slowest,
      drillAt: drill?.at.toISOString() ?? null,
      drillCountsEqual: drill?.equal ?? null,
      drillSeconds: drill?.seconds ?? null,
    },
    ...(newest === undefined ? {} : { covers: newest }),
  }
}

/** No notice stands approved that lacks something without saying so; an incomplete one is refused. */
export const noticeContent: Check = async (cross) => {
  const { n, of } = await cross(looking, async ({ sql }) => {
    let [n, of, after] = [0, 0, nil]
    for (;;) {
      const notices = await standingNoticesAfter(sql, after, page)
      of += notices.length
      n += notices.filter(({ body, partial }) => partial || missingIn(body).length === 0).length
      if (notices.length < page) return { n, of }
      after = notices.at(-1)!.noticeId
    }
  })
  const answer = await refusalOf(() => cross({ action }, approveIncomplete))
  const probe = {
    tried: 'approving a notice that does not say the likely consequences',
    answer,
    refused: answer === 'incidents.notice-incomplete',
  }
  return {
    holds: n === of && probe.refused,
    finding:
      of === 0
        ? 'No notice has been approved yet; an incomplete one is refused.'
        : `${n} of ${of} approved notices have all five items and the contact point, or say that they are a phase.`,
    n,
    of,
    facts: { approved: of },
    probe,
  }
}

/** Answers with the code of the refusal; a fault is no answer. */
async function refusalOf(deed: () => Promise<unknown>): Promise<string> {
  try {
    await deed()
    return 'accepted'
  } catch (error) {
    if (error instanceof Refusal) return error.code
    throw error
  }
}

/** All evidence is hashed again and is what was secured; nobody connected as the server can change it. */
export const evidence: Check = async (cross) => {
  const { n, of } = await cross(looking, async ({ sql }) => {
    let [n, of, after] = [0, 0, nil]
    for (;;) {
      const pieces = await evidenceAfter(sql, after, page)
      of += pieces.length
      n += pieces.filter(isIntact).length
      if (pieces.length < page) return { n, of }
      after = pieces.at(-1)!.evidenceId
    }
  })
  const refused = await cross({ action }, ({ sql }) => evidenceRefusesChange(sql))
  return {
    holds: n === of && refused,
    finding:
      of === 0
        ? 'There is no evidence yet; what comes cannot be changed or deleted by the server.'
        : `${n} of ${of} pieces of evidence were hashed again and are what was secured.`,
    n,
    of,
    facts: { hashedAgain: of },
    probe: {
      tried: 'changing and deleting evidence with the server’s own rights in the database',
      answer: refused ? 'permission denied' : 'allowed',
      refused,
    },
  }
}
