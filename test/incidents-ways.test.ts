import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Controller } from '#vault'
import { plantCanaries } from '#watch'
import type { WholeIncidentDto } from '../src/incidents/wire.ts'
import { openHouse, type TestHouse } from './house.ts'
import { enrol, inSession, told } from './identity-people.ts'
import { readerOf, readSubject, seededController, subjectIdsOf, until } from './incidents-people.ts'

// Other ways into an incident than a canary, and other ends than an automatic cut.

let house: TestHouse
let alder: Controller
let officer: string
before(async () => {
  house = await openHouse({ listen: true, work: true })
  alder = await seededController(house, 'Alder', { people: 500, canaries: 0 })
  officer = (await enrol(house, 'nadia@processor.example', ['administrator'])).cookie
})
after(() => house.close())

const ask = (method: string, path: string, json?: unknown) =>
  inSession(house, officer, path, { method, ...(json === undefined ? {} : { json }) })
const incident = async (id: string): Promise<WholeIncidentDto> =>
  (await ask('GET', `/v1/incidents/${id}`)).json
const newest = async (): Promise<WholeIncidentDto> =>
  incident((await ask('GET', '/v1/incidents?limit=1')).json.items[0].incidentId)

let volumeIncident: string

test('far more than usual without a canary opens an incident that waits for a person to cut', async () => {
  const { token, workloadId } = await readerOf(house, 'reports', [alder])
  const ids = await subjectIdsOf(house, alder)
  await Promise.all(ids.slice(0, 500).map((id) => readSubject(house, token, alder, id)))
  const { items } = await until(house, 'an incident', async () => {
    const list = (await ask('GET', '/v1/incidents')).json
    return list.items.length > 0 ? list : undefined
  })
  volumeIncident = items[0].incidentId
  const whole = await until(house, 'a count', async () => {
    const now = await incident(volumeIncident)
    return now.scope?.controllers[0]?.certain.subjects === 500 ? now : undefined
  })
  deepEqual([whole.severity, whole.state, whole.containment], ['high', 'reported', []])
  const { findings } = { findings: (await ask('GET', '/v1/findings')).json.items }
  match(
    findings[0].sentence,
    new RegExp(
      `^Workload ${workloadId} read \\d[\\d,]* (subjects|records) of controller ${alder.controllerId} in \\d+ minutes?; it has no past to compare with; chance of that by habit `,
    ),
  )
  equal(await readSubject(house, token, alder, ids[0]!), 200)
  const cut = await ask('POST', `/v1/incidents/${volumeIncident}/contain`)
  deepEqual([told(cut), cut.json.state], ['200', 'contained'])
  equal(await readSubject(house, token, alder, ids[0]!), 403)
  await until(house, 'a complete draft', async () => {
    const { notices } = await incident(volumeIncident)
    return notices.at(-1)?.missing.length === 0 ? true : undefined
  })
})

test('a count that took long lets the next wait, and no two of an incident run side by side', async () => {
  const counted = (await incident(volumeIncident)).scope?.version
  const setSeconds = (seconds: number) =>
    house.owner.run({
      text: 'update incidents.scope set at = $2, seconds = $3 where incident_id = $1',
      values: [volumeIncident, house.world.now(), seconds],
    })
  // A tenth of the time for counting: after an hour nine follow.
  await setSeconds(3600)
  await house.owner.run({
    text: `select graphile_worker.add_job('incidents.count', json_build_object('incidentId', $1::text))`,
    values: [volumeIncident],
  })
  const waiting = await until(house, 'the count put off', () =>
    house.owner.first<{ line: string; hours: number }>({
      text: `
        select queue_name as line, extract(epoch from run_at - now())::float8 / 3600 as hours
        from graphile_worker.jobs
        where task_identifier = 'incidents.count' and run_at > now() + interval '1 hour'`,
    }),
  )
  equal(waiting.line, `incidents.count ${volumeIncident}`)
  ok(waiting.hours > 9 && waiting.hours <= 10, String(waiting.hours))
  equal((await incident(volumeIncident)).scope?.version, counted)
  await setSeconds(0.1)
})

test('a row of the trail that is tampered with makes the count a floor and clears nobody', async () => {
  await house.integrate()
  const other = await seededController(house, 'Birch', { people: 2, canaries: 0 })
  await house.owner.run({
    text: `update trail.entry set records = records + 1 where id = (
             select id from trail.entry where action = 'vault.record.read' limit 1)`,
  })
  const count = await ask('POST', `/v1/incidents/${volumeIncident}/scope`)
  deepEqual([told(count), count.json.unknown], ['200', true])
  match(count.json.gap, /^log /)
  const clear = await ask('POST', `/v1/incidents/${volumeIncident}/all-clear`, {
    controllerId: other.controllerId,
  })
  equal(told(clear), '409 incidents.scope-unknown')
  const last = (await incident(volumeIncident)).notices.at(-1)!
  deepEqual(last.missing, ['a verified trail to count from'])
})

test('anybody may report; the words are sealed and only a receipt comes back', async () => {
  const text = 'My neighbour has my file, signed Wilhelmina Quist.'
  const answer = await house.request('/public/reports', { method: 'POST', json: { text } })
  equal(answer.status, 200, answer.body)
  match(answer.json.receipt, /^R-\d{4}-\d{4}-\d{4}$/)
  const whole = await newest()
  deepEqual([whole.origin, whole.title], ['public', 'Reported by somebody outside'])
  ok(whole.timeline.some((line) => line.text === text))
  const [{ stored }] = (await house.owner.rows<{ stored: string }>({
    text: `select string_agg(e::text, '') as stored from incidents.incident_event e`,
  })) as [{ stored: string }]
  ok(!stored.includes('Quist') && !stored.includes(Buffer.from('Quist').toString('hex')))
})

test('an alert of another tool opens one incident for its key, and does not close it', async () => {
  const event = (event_action: string, more = {}) =>
    ask('POST', '/v1/alerts', { event_action, dedup_key: 'disk-7', ...more })
  const payload = {
    summary: 'Odd logins',
    source: 'edge-3',
    severity: 'critical',
    component: 'ssh',
  }
  equal(told(await event('resolve')), '404 incidents.unknown-alert')
  equal(told(await event('trigger')), '422 incidents.alert-malformed')
  const first = await event('trigger', { payload, routing_key: 'secret-of-theirs' })
  deepEqual(first.json, { status: 'success', message: 'Event processed', dedup_key: 'disk-7' })
  const { incidentId } = await newest()
  await event('trigger', { payload })
  equal(told(await event('resolve')), '200')
  const whole = await newest()
  deepEqual([whole.incidentId, whole.origin, whole.state], [incidentId, 'alert', 'reported'])
  deepEqual(
    whole.timeline.map(({ kind }) => kind),
    ['opened', 'alert-trigger', 'alert-trigger', 'alert-resolve'],
  )
  ok(whole.timeline[1]?.text?.includes('Odd logins'))
  ok(!JSON.stringify(whole).includes('secret-of-theirs'))
})

test('a person who is reported is locked out, and a second cut finds nothing left', async () => {
  const suspect = await enrol(house, 'mallory@processor.example', ['security'])
  const reported = await ask('POST', '/v1/incidents', {
    text: 'Left a session open in a train.',
    suspect: { kind: 'person', id: suspect.personId },
  })
  const { incidentId } = reported.json
  equal((await inSession(house, suspect.cookie, '/v1/self')).status, 200)
  equal((await ask('POST', `/v1/incidents/${incidentId}/contain`)).json.state, 'contained')
  equal((await inSession(house, suspect.cookie, '/v1/self')).status, 403)
  const { containment } = await incident(incidentId)
  deepEqual(
    containment.map(({ step, held }) => `${step} ${held}`),
    ['snapshot true', 'cut true', 'probe-after true'],
  )
})

test('a finding that a person dismisses stays dismissed, with its reason sealed', async () => {
  const { token } = await readerOf(house, 'migration', [alder])
  // Refusals make a medium finding: it opens no incident.
  const foreign = { ...alder, controllerId: '0195a000-0000-7000-8000-00000000dead' }
  for (let i = 0; i < 45; i += 1) await readSubject(house, token, foreign, alder.controllerId)
  const finding = await until(house, 'a finding', async () => {
    const { items } = (await ask('GET', '/v1/findings?state=open')).json
    return items.find(({ rule }: { rule: string }) => rule === 'refused-burst')
  })
  equal(finding.severity, 'medium')
  const path = `/v1/findings/${finding.findingId}`
  const dismissed = await ask('POST', `${path}/dismiss`, { reason: 'Wilhelmina tried it out.' })
  deepEqual([told(dismissed), dismissed.json.state], ['200', 'dismissed'])
  equal((await ask('GET', path)).json.reason, 'Wilhelmina tried it out.')
  equal(
    told(await ask('POST', `${path}/dismiss`, { reason: 'again' })),
    '409 watch.finding-settled',
  )
  const row = await house.owner.first<{ stored: string }>({
    text: 'select f::text as stored from watch.finding f where finding_id = $1',
    values: [finding.findingId],
  })
  ok(!row!.stored.includes(Buffer.from('Wilhelmina').toString('hex')))
})

test('nothing failed on the way', () => deepEqual(house.faults, []))

test('what was only likely and becomes certain is cut at once, without a person', async () => {
  const { controllerId } = alder
  const ask = { scope: { controllerId }, purpose: 'care', reason: 'a test' }
  await house.act({ action: 'watch.canary.plant', ...ask }, (act) => plantCanaries(act, 2))
  const { token } = await readerOf(house, 'sweeps', [alder])
  const ids = await subjectIdsOf(house, alder)
  await Promise.all(ids.slice(0, 500).map((id) => readSubject(house, token, alder, id)))
  const waiting = await until(house, 'an incident that waits', async () => {
    const one = await newest()
    return one.origin === 'finding' && one.scope?.controllers[0]?.certain.subjects === 500
      ? one
      : undefined
  })
  deepEqual([waiting.severity, waiting.containment], ['high', []])
  ok(waiting.incidentId !== volumeIncident)
  equal(await readSubject(house, token, alder, ids.at(-1)!), 200)
  const began = performance.now()
  await until(house, 'the cut', async () =>
    (await incident(waiting.incidentId)).containedAt === null ? undefined : true,
  )
  ok(performance.now() - began < 10_000, 'it waited for the next look, a minute later')
  equal((await incident(waiting.incidentId)).severity, 'certain')
  equal(await readSubject(house, token, alder, ids[0]!), 403)
})
