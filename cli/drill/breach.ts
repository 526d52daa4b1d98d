import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import type { WholeIncidentDto } from '../../src/incidents/wire.ts'
import { type Client, clientOf, Refused } from '../client.ts'
import { CliError, connectionFor } from '../connect.ts'
import { onlyThese } from '../flags.ts'
import { type Progress, showProgress } from '../progress.ts'
import type { Globals, Verb } from '../verbs.ts'
import { compare, type Compared } from './compare.ts'
import { printReport } from './report.ts'
import { startScratchHouse } from './scratch.ts'
import { setStage, type Stage, strikeStage } from './stage.ts'
import { listSubjects, type Raid, type Reader, readSubjects, shuffled } from './thief.ts'

/** What the drill leaves: times, counts beside the truth, and where the notices lie. */
export interface Report {
  readonly incident: string
  readonly subjectsMade: number
  readonly reads: number
  readonly refusedWith: string | undefined
  /** Instants in the order they happened. */
  readonly timeline: readonly { readonly what: string; readonly at: string }[]
  readonly seconds: Readonly<Record<string, number>>
  readonly controllers: readonly Compared[]
  readonly notices: readonly { readonly controller: string; readonly file: string }[]
  readonly allClear: string
  /** Nothing but what was to be true was found true. */
  readonly equal: boolean
  readonly problems: readonly string[]
}

const longestWaitMs = 120_000

export const drillBreach: Verb = {
  words: 'drill breach',
  usage: '[--subjects N] [--seed N] [--out DIR] [--scratch]',
  about:
    'Exercise a breach from first access to drafted notices on made-up people, and hold every count against the truth.',
  more: `
  --subjects N   made-up people over three controllers; default 50000
  --seed N       the same seed makes the same people; default from the clock
  --out DIR      where the drafted notices go; default a directory under the system's temporary one
  --scratch      on a house of its own, even if one is up

Runs against the house that is up, or on a scratch house. Nothing real is touched, nothing is sent,
and everything made is taken down again. Exits with 1 when a count differs from the truth.
`,
  async run(_args, flags, globals) {
    onlyThese(flags, ['subjects', 'seed', 'out', 'scratch'])
    const subjects = whole(flags.get('subjects') ?? '50000', 'subjects', 100)
    const seed = whole(flags.get('seed') ?? String(Date.now() % 1_000_000), 'seed', 0)
    const progress = showProgress('breach drill', process.stderr)
    const scratch =
      flags.has('scratch') || !isUp(globals)
        ? await startScratchHouse(globals.env, progress)
        : undefined
    try {
      const dataDir = scratch?.dataDir ?? globals.env['HOLDFAST_DATA'] ?? join(globals.cwd, 'var')
      const env = scratch === undefined ? globals.env : { ...globals.env, HOLDFAST_DATA: dataDir }
      const client = clientOf(
        connectionFor(scratch === undefined ? globals : { env, cwd: globals.cwd }),
      )
      const stamp = new Date().toISOString().slice(0, 19).replaceAll(':', '')
      const out = flags.get('out') ?? join(tmpdir(), `holdfast-drill-${stamp}`)
      const url = await urlOf(client, globals, scratch?.port)
      const ca = join(dataDir, 'tls', 'ca.crt')
      const reader = { url, ca: existsSync(ca) ? readFileSync(ca, 'utf8') : undefined }
      const report = await rehearse({ client, reader, subjects, seed, stamp, out, progress })
      progress.finish(
        report.equal ? 'every count equals the truth' : 'something is not as it must be',
      )
      if (globals.json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`)
      else printReport(report, process.stdout)
      return report.equal ? 0 : 1
    } finally {
      await scratch?.close()
    }
  },
}

interface Rehearsal {
  readonly client: Client
  readonly reader: Pick<Reader, 'url' | 'ca'>
  readonly subjects: number
  readonly seed: number
  readonly stamp: string
  readonly out: string
  readonly progress: Progress
}

async function rehearse(r: Rehearsal): Promise<Report> {
  const { client, progress } = r
  const stage = await setStage(client, r)
  try {
    const { rightful, raid } = await act(r, stage)
    progress.update(0, undefined, 'waiting for containment, count and drafts')
    const incident = await settled(client, stage, raid)
    const notices = await fetchNotices(r, stage, incident)
    const controllers = compare(stage, incident.scope!, {
      stolen: raid.loot,
      rightful: rightful.loot,
    })
    const allClear = await askAllClear(client, stage, incident)
    const problems = problemsOf({
      controllers,
      incident,
      stage,
      raid,
      allClear,
      notices: notices.length,
    })
    const told = timelineOf(incident, raid)
    const report: Report = {
      incident: incident.name,
      subjectsMade: r.subjects,
      reads: raid.reads,
      refusedWith: raid.refusedWith,
      ...told,
      controllers,
      notices,
      allClear: allClear.said,
      equal: problems.length === 0,
      problems,
    }
    await client.call('POST', '/v1/drills/breach/results', {
      json: {
        seconds: report.seconds,
        equal: report.equal,
        facts: { incident: report.incident, reads: raid.reads, subjectsMade: r.subjects },
      },
    })
    await client.call('POST', `/v1/incidents/${incident.incidentId}/close`, {
      json: { reason: 'The breach drill is over; nothing real was touched.' },
    })
    return report
  } finally {
    progress.update(0, undefined, 'taking everything down')
    await strikeStage(client, stage)
  }
}

/** First the application at work, then the thief with its credential from another place. */
async function act(r: Rehearsal, { controllers: [a, b], token }: Stage) {
  const rightfulReader: Reader = { ...r.reader, token, localAddress: undefined }
  const listed = await Promise.all(
    [a, b].map(async ({ controllerId }) =>
      (await listSubjects(rightfulReader, controllerId, r.subjects)).map((subjectId) => ({
        controllerId,
        subjectId,
      })),
    ),
  )
  // What the application reads by day are the first few; canaries come last and it never meets one.
  const daily = listed.flatMap((of) => of.slice(0, 15))
  r.progress.update(0, undefined, 'the application at work')
  const rightful = await readSubjects(rightfulReader, daily, 5)
  r.progress.update(0, undefined, 'the thief at work')
  const thief: Reader = { ...rightfulReader, localAddress: '127.0.0.2' }
  const raid = await readSubjects(thief, shuffled(listed.flat(), r.seed), 4)
  return { rightful, raid }
}

/** Waits until the incident of this credential is contained, counted and drafted, and has come to rest. */
async function settled(client: Client, stage: Stage, raid: Raid): Promise<WholeIncidentDto> {
  const until = Date.now() + longestWaitMs
  let before: string | undefined
  while (Date.now() < until) {
    const { items } = await client.call<{ items: { incidentId: string }[] }>(
      'GET',
      '/v1/incidents?limit=20',
    )
    for (const { incidentId } of items) {
      const one = await client.call<WholeIncidentDto>('GET', `/v1/incidents/${incidentId}`)
      if (!one.suspects.some(({ actorId }) => actorId === stage.workloadId)) continue
      const done = one.containedAt !== null && one.scope !== null && one.notices.length > 0
      const now = `${one.scope?.digest} ${one.notices.map(({ noticeId }) => noticeId).join()}`
      // A count goes on until everything that was under way at the cut is in it.
      if (done && before === now && raid.refusedAt !== undefined) return one
      before = done ? now : undefined
    }
    await new Promise((go) => setTimeout(go, before === undefined ? 150 : 1500))
  }
  throw new CliError('the house did not contain, count and draft within two minutes')
}

async function fetchNotices(r: Rehearsal, stage: Stage, incident: WholeIncidentDto) {
  mkdirSync(r.out, { recursive: true, mode: 0o700 })
  const current = incident.notices.filter(({ state }) => state !== 'superseded')
  return Promise.all(
    current.map(async ({ noticeId, controllerId }) => {
      const controller =
        stage.controllers.find((one) => one.controllerId === controllerId)?.name ?? controllerId
      const file = join(r.out, `notice-${controller.replaceAll(/\W+/g, '-')}.pdf`)
      const { stream } = await r.client.stream('GET', `/v1/notices/${noticeId}.pdf`)
      await writeFile(file, await buffer(stream))
      return { controller, file }
    }),
  )
}

/** The third controller asks whether it is affected; the first one must not be told it is not. */
async function askAllClear(client: Client, stage: Stage, { incidentId }: WholeIncidentDto) {
  const path = `/v1/incidents/${incidentId}/all-clear`
  const ask = (i: 0 | 2) =>
    client
      .call<{ statement: { reference: string } }>('POST', path, {
        json: { controllerId: stage.controllers[i].controllerId },
      })
      .then(({ statement }) => statement.reference)
  const said = await ask(2)
  const wrongly = await ask(0).catch((error: unknown) => {
    if (error instanceof Refused) return undefined
    throw error
  })
  return { said, wrongly }
}

function problemsOf(found: {
  readonly controllers: readonly Compared[]
  readonly incident: WholeIncidentDto
  readonly stage: Stage
  readonly raid: Raid
  readonly allClear: { readonly wrongly: string | undefined }
  readonly notices: number
}): string[] {
  const { controllers, incident, raid, allClear, notices } = found
  const affected = controllers.filter(({ possible }) => possible.truth.subjects > 0).length
  const all: [boolean, string][] = [
    ...controllers.map(({ equal, name }): [boolean, string] => [
      equal,
      `${name}: counts differ from the truth`,
    ]),
    [
      raid.loot.count(controllers[0]!.controllerId).subjects > 0,
      'the thief got nothing of the first controller',
    ],
    [raid.refusedAt !== undefined, 'the thief was never refused'],
    [incident.containment.every(({ held }) => held), 'a step of the containment did not hold'],
    [incident.scope?.unknown === false, `the scope is not certain: ${incident.scope?.gap ?? ''}`],
    [notices === affected, `${notices} notices for ${affected} affected controllers`],
    [allClear.wrongly === undefined, 'an affected controller was told that it is not affected'],
  ]
  return all.filter(([holds]) => !holds).map(([, problem]) => problem)
}

function timelineOf(incident: WholeIncidentDto, raid: Raid) {
  const drafted = incident.notices.map(({ createdAt }) => createdAt).sort()[0]
  const points: [string, string | undefined][] = [
    ['first access', raid.firstAt?.toISOString()],
    ['detected', incident.openedAt],
    ['thief refused', raid.refusedAt?.toISOString()],
    ['contained, probed', incident.containedAt ?? undefined],
    ['counted', incident.scope?.at],
    ['drafts ready', drafted],
  ]
  const timeline = points.flatMap(([what, at]) => (at === undefined ? [] : [{ what, at }]))
  timeline.sort((x, y) => Date.parse(x.at) - Date.parse(y.at))
  const start = raid.firstAt?.getTime() ?? 0
  const seconds = Object.fromEntries(
    timeline.map(({ what, at }) => [
      camel(what),
      Math.max(0, Math.round(Date.parse(at) - start) / 1000),
    ]),
  )
  return { timeline, seconds }
}

const camel = (words: string) =>
  words.replaceAll(/\W+(\w)/g, (_all, first: string) => first.toUpperCase())

/** Where the thief knocks: the network's door of the same house. */
async function urlOf(client: Client, globals: Globals, port: number | undefined): Promise<URL> {
  if (port !== undefined) return new URL(`https://localhost:${port}`)
  if (globals.url !== undefined) return new URL(globals.url)
  const description = await client.call<{ servers: { url: string }[] }>('GET', '/openapi.json')
  return new URL(description.servers[0]!.url)
}

function isUp(globals: Globals): boolean {
  try {
    connectionFor(globals)
    return true
  } catch (error) {
    if (error instanceof CliError) return false
    throw error
  }
}

function whole(text: string, name: string, least: number): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < least)
    throw new RangeError(`--${name}: a whole number of at least ${least} is wanted`)
  return value
}
