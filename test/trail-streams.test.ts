import { deepEqual, doesNotMatch, equal, match, ok, rejects, throws } from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type Certificates, openCertificates } from '#gate'
import type { HouseCross } from '#kernel'
import { trail } from '#trail'
import { isAnyDue } from '../src/trail/streams/store.ts'
import { sendAll } from '../src/trail/streams/flow.ts'
import { type Caller, callerWith } from './callers.ts'
import { openHouse, type TestHouse } from './house.ts'
import { wrongInOcsf } from './ocsf-judge.ts'
import {
  closeAll,
  Inbox,
  leafOf,
  otlpReceiver,
  type Receiver,
  syslogReceiver,
  takeFrames,
  takeOtlp,
  verifyWebhook,
  webhookReceiver,
} from './stream-receivers.ts'

let house: TestHouse
let keeper: Caller
let dir: string
let keys: Certificates
// Certificates are judged by the real clock.
let now = new Date()
const why = { 'holdfast-reason': 'for the SIEM of the security team' }

before(async () => {
  house = await openHouse({
    listen: true,
    now,
    settings: { privateDestinations: 'siem.example, localhost' },
  })
  keeper = await callerWith(house, { actions: ['trail.*'] })
  dir = mkdtempSync(join(tmpdir(), 'holdfast-receivers-'))
  keys = await openCertificates({
    dataDir: dir,
    hosts: ['localhost'],
    certFile: undefined,
    keyFile: undefined,
    now: new Date(),
  })
})
after(async () => {
  await closeAll()
  await house.close()
  rmSync(dir, { recursive: true, force: true })
})

const post = (path: string, json: object = {}, headers = {}) =>
  house.request(`/v1/trail/streams${path}`, { method: 'POST', token: keeper.token, json, headers })
const list = async () =>
  (await house.request('/v1/trail/streams', { token: keeper.token })).json.items as any[]
const one = async (streamId: string) => (await list()).find((each) => each.streamId === streamId)

async function add(change: object, headers = {}): Promise<{ streamId: string; secret?: string }> {
  const body = { name: 'a SIEM', content: 'leaf', ca: keys.ca, ...change }
  const { status, json, body: text } = await post('', body, headers)
  equal(status, 200, text)
  return json
}

const remove = (streamId: string) =>
  house.request(`/v1/trail/streams/${streamId}`, {
    method: 'DELETE',
    token: keeper.token,
    headers: why,
  })

/** Entries get their places and, ten seconds later, their signature; then what is due is sent. */
async function pass(seconds = 11): Promise<void> {
  now = new Date(now.getTime() + seconds * 1000)
  house.setNow(now)
  await house.integrate()
  await sendAll(house.threshold.asHouse, house.world)
}

const note = (action: string) => house.act({ action }, async () => {})
const addressOf = ({ port }: Receiver) => `https://localhost:${port}/v1/logs`

test('OTLP, syslog and a webhook each get every entry once, in order, with its place and a checkpoint', async () => {
  let secret = ''
  const otlp = await otlpReceiver(keys)
  const syslog = await syslogReceiver(keys)
  const webhook = await webhookReceiver(
    keys,
    () => secret,
    () => now,
  )
  const streams = [
    await add({ kind: 'otlp', address: addressOf(otlp), token: 'let-me-in', fromStart: true }),
    await add({ kind: 'syslog', address: `tls://localhost:${syslog.port}`, fromStart: true }),
    await add({ kind: 'webhook', address: addressOf(webhook), fromStart: true }),
  ]
  secret = streams[2]!.secret!
  match(secret, /^whsec_/)
  deepEqual(
    streams.map((each) => each.secret !== undefined),
    [false, false, true],
  )
  for (let i = 0; i < 20; i += 1) await note(`trail.test.ä${i}`)
  await pass()
  for (const [i, { inbox }] of [otlp, syslog, webhook].entries()) {
    deepEqual(inbox.faults, [])
    const got = inbox.of('house')
    const { rows } = await house.owner.pool.query(
      "select encode(e.leaf, 'base64') as leaf, e.body from trail.sequence s join trail.entry e using (id) where s.log = 'house' order by s.idx limit $1",
      [got.length],
    )
    ok(got.length > 20)
    deepEqual(
      got.map(({ index, leaf }) => [index, leaf]),
      rows.map(({ leaf }, index) => [index, leaf]),
    )
    // What was sent is what was hashed: a receiver needs nobody's word for it.
    ok(got.every(({ content, leaf }) => leafOf(content) === leaf))
    const standing = await one(streams[i]!.streamId)
    deepEqual(
      [standing.state, standing.delivered, standing.lastError],
      ['active', got.length, undefined],
    )
  }
  equal(otlp.headers['authorization'], 'Bearer let-me-in')
  doesNotMatch(JSON.stringify(await list()), /let-me-in|whsec_/)
  for (const { streamId } of streams) await remove(streamId)
  await Promise.all([otlp, syslog, webhook].map((each) => each.close()))
})

test('sending is told, and alone is no reason to send again', async () => {
  const otlp = await otlpReceiver(keys)
  const { streamId } = await add({ kind: 'otlp', address: addressOf(otlp) })
  await note('trail.test.reason')
  await pass()
  const { count } = otlp
  ok(count > 0)
  await pass()
  await pass()
  equal(await isAnyDue(house.database), false)
  equal(otlp.count, count)
  const told = await house.request('/v1/trail/entries?action=trail.stream.send&limit=10', {
    token: keeper.token,
  })
  const goes = told.json.items
    .map((each: any) => each.event.unmapped.details.goes)
    .find((each: any) => each?.[0]?.streamId === streamId)
  equal(goes[0].content, 'leaf')
  ok(goes[0].segments[0].last >= goes[0].segments[0].first)
  await remove(streamId)
  await otlp.close()
})

test('opened events are valid OCSF that names its place, and want a reason and the right to export', async () => {
  const otlp = await otlpReceiver(keys)
  const body = {
    name: 'names',
    kind: 'otlp',
    address: addressOf(otlp),
    content: 'event',
    ca: keys.ca,
  }
  deepEqual((await post('', body)).json.code, 'trail.reason-required')
  const lesser = await callerWith(house, { actions: ['trail.stream.*'] })
  const refused = await house.request('/v1/trail/streams', {
    method: 'POST',
    token: lesser.token,
    json: body,
    headers: why,
  })
  deepEqual([refused.status, refused.json.code], [403, 'identity.not-permitted'])
  const { streamId } = await add({ kind: 'otlp', address: addressOf(otlp), content: 'event' }, why)
  await note('vault.record.read')
  await pass()
  const got = otlp.inbox.of('house')
  ok(got.length > 0)
  deepEqual(
    got.map(({ content, index, leaf }) => [
      wrongInOcsf(content),
      content.unmapped.trail.index === index && content.unmapped.trail.leaf === leaf,
    ]),
    got.map(() => [[], true]),
  )
  equal(
    got.find(({ content }) => content.unmapped.action === 'vault.record.read')?.content.actor.user
      .name,
    'Holdfast itself',
  )
  await remove(streamId)
  await otlp.close()
})

test('an event longer than a syslog receiver must take goes without its details, and says so', async () => {
  const syslog = await syslogReceiver(keys)
  const address = `tls://localhost:${syslog.port}`
  const { streamId } = await add({ kind: 'syslog', address, content: 'event' }, why)
  await house.act({ action: 'trail.test.long' }, async (act) =>
    act.tell({ text: 'é'.repeat(9000) }),
  )
  await pass()
  deepEqual(syslog.inbox.faults, [])
  const long = syslog.inbox
    .of('house')
    .find(({ content }) => content.unmapped.action === 'trail.test.long')
  deepEqual([long?.content.unmapped.shortened, long?.content.unmapped.details], [true, undefined])
  await remove(streamId)
  await syslog.close()
})

test('a receiver that is down loses nothing, is left alone longer and longer, and gets it all later', async () => {
  const [otlp, syslog] = [await otlpReceiver(keys), await syslogReceiver(keys)]
  const first = await add({ kind: 'otlp', address: addressOf(otlp) })
  const second = await add({ kind: 'syslog', address: `tls://localhost:${syslog.port}` })
  otlp.answer = { status: 503 }
  syslog.breaks = true
  await note('trail.test.lost')
  await pass()
  const waits = [await one(first.streamId), await one(second.streamId)]
  deepEqual(
    waits.map(({ failures, delivered, state }) => [failures, delivered, state]),
    [
      [1, 0, 'active'],
      [1, 0, 'active'],
    ],
  )
  match(waits[0].lastError, /503/)
  const { count } = otlp
  await pass(0.5)
  equal(otlp.count, count, 'not before its time')
  await pass()
  equal((await one(first.streamId)).failures, 2)
  otlp.answer = undefined
  syslog.breaks = false
  await pass()
  for (const { inbox } of [otlp, syslog]) {
    deepEqual(inbox.faults, [])
    ok(inbox.of('house').some(({ content }) => String(content).includes('trail.test.lost')))
  }
  deepEqual((await one(first.streamId)).lastError, undefined)
  for (const { streamId } of [first, second]) await remove(streamId)
  await Promise.all([otlp.close(), syslog.close()])
})

test('a sender that dies after sending sends the same again, and one that dies before loses nothing', async () => {
  const webhookSecret: { secret?: string } = {}
  const webhook = await webhookReceiver(
    keys,
    () => webhookSecret.secret!,
    () => now,
  )
  const stream = await add({ kind: 'webhook', address: addressOf(webhook) })
  webhookSecret.secret = stream.secret!
  await note('trail.test.dying')
  now = new Date(now.getTime() + 11_000)
  house.setNow(now)
  await house.integrate()
  let crossings = 0
  const dying: HouseCross = (ask, deed) => {
    crossings += 1
    if (crossings === 2) throw new Error('killed')
    return house.threshold.asHouse(ask, deed)
  }
  await rejects(sendAll(dying, house.world), /killed/)
  const id = webhook.headers['webhook-id']
  equal(webhook.count, 1)
  await sendAll(house.threshold.asHouse, house.world)
  equal(webhook.count, 2)
  equal(webhook.headers['webhook-id'], id, 'the same batch bears the same id')
  await note('trail.test.after')
  await pass()
  deepEqual(webhook.inbox.faults, [])
  ok(webhook.inbox.of('house').some(({ content }) => String(content).includes('trail.test.after')))
  await remove(stream.streamId)
  await webhook.close()
})

test('a receiver sees by itself that an entry was kept from it', async () => {
  const otlp = await otlpReceiver(keys)
  const { streamId } = await add({ kind: 'otlp', address: addressOf(otlp) })
  await note('trail.test.seen')
  await pass()
  deepEqual(otlp.inbox.faults, [])
  for (const each of ['hidden', 'also-hidden', 'shown']) await note(`trail.test.${each}`)
  await house.owner.run({
    text: "update trail.stream_cursor set next_index = next_index + 2 where log = 'house' and stream_id = $1",
    values: [streamId],
  })
  await pass()
  equal(otlp.inbox.faults.filter((fault) => /is missing/.test(fault)).length, 2)
  const fresh = new Inbox()
  fresh.take('house', { index: 4, leaf: 'a', content: '' })
  fresh.close('house', 4, 5, 'x\n9\n')
  deepEqual(fresh.faults.length, 2, 'and fewer than it was told of')
  await remove(streamId)
  await otlp.close()
})

test('paused it waits, resumed it goes on, rewound it sends again, removed it is forgotten', async () => {
  const otlp = await otlpReceiver(keys)
  const { streamId } = await add({ kind: 'otlp', address: addressOf(otlp), token: 'of-mine' })
  await note('trail.test.first')
  await pass()
  const { count } = otlp
  equal((await post(`/${streamId}/pause`)).status, 200)
  await note('trail.test.second')
  await pass()
  equal(otlp.count, count)
  ok((await one(streamId)).waiting > 0)
  await post(`/${streamId}/resume`)
  await pass()
  ok(otlp.inbox.of('house').some(({ content }) => String(content).includes('trail.test.second')))
  const lowest = otlp.inbox.of('house')[0]!.index
  ok(lowest > 0)
  equal((await post(`/${streamId}/rewind`, { log: 'house', index: 0 })).status, 200)
  await note('trail.test.third')
  await pass()
  equal(otlp.inbox.of('house')[0]!.index, 0)
  deepEqual(
    (await post(`/${streamId}/rewind`, { log: 'root', index: 0 })).json.code,
    'trail.unknown-log',
  )
  const bare = await house.request(`/v1/trail/streams/${streamId}`, {
    method: 'DELETE',
    token: keeper.token,
  })
  deepEqual(bare.json.code, 'trail.reason-required')
  equal((await remove(streamId)).status, 200)
  deepEqual((await post(`/${streamId}/resume`)).json.code, 'trail.unknown-stream')
  const [kept] = await house.owner.rows<{ secret: Buffer | null }>({
    text: 'select secret from trail.stream where id = $1',
    values: [streamId],
  })
  equal(kept!.secret, null)
  const told = await house.owner.rows<{ action: string }>({
    text: "select distinct action from trail.entry where action like 'trail.stream.%' and outcome = 'done' order by 1",
  })
  for (const verb of ['add', 'pause', 'resume', 'rewind', 'remove', 'send'])
    ok(
      told.some(({ action }) => action === `trail.stream.${verb}`),
      verb,
    )
  await otlp.close()
})

test('what must not be sent again halts the stream, a redirect is not followed, and both are alarms', async () => {
  const [otlp, webhook] = [
    await otlpReceiver(keys),
    await webhookReceiver(
      keys,
      () => '',
      () => now,
    ),
  ]
  const first = await add({ kind: 'otlp', address: addressOf(otlp) })
  const second = await add({ kind: 'webhook', address: addressOf(webhook) })
  const check = () =>
    trail.measures!.find(({ id }) => id === 'trail.streams-delivered')!.check!(
      house.threshold.asHouse,
      house.world,
      house.world.now(),
    )
  ok((await check()).holds)
  otlp.answer = { status: 400 }
  webhook.answer = { status: 307, headers: { location: addressOf(otlp) } }
  await note('trail.test.halt')
  await pass()
  const counts = [otlp.count, webhook.count]
  deepEqual(counts, [1, 1])
  const states = [await one(first.streamId), await one(second.streamId)]
  deepEqual(
    states.map(({ state }) => state),
    ['halted', 'halted'],
  )
  const seen = await check()
  deepEqual([seen.holds, seen.n, seen.of], [false, 0, 2])
  match(seen.finding, /answered 400.*answered 307/s)
  await pass(1000)
  deepEqual([otlp.count, webhook.count], counts)
  otlp.answer = {
    status: 200,
    body: '{"partialSuccess":{"rejectedLogRecords":"2","errorMessage":"too old"}}',
  }
  await post(`/${first.streamId}/resume`)
  await remove(second.streamId)
  await pass()
  const partly = await one(first.streamId)
  deepEqual([partly.rejected, partly.lastError], [2, 'too old'])
  equal((await check()).holds, false)
  otlp.answer = undefined
  await note('trail.test.whole')
  await pass()
  ok((await check()).holds)
  await remove(first.streamId)
  await Promise.all([otlp.close(), webhook.close()])
})

test('a stream further behind than promised fails its check, paused or not', async () => {
  const otlp = await otlpReceiver(keys)
  const { streamId } = await add({ kind: 'otlp', address: addressOf(otlp), lagSeconds: 60 })
  await post(`/${streamId}/pause`)
  await note('trail.test.late')
  await pass()
  const check = () =>
    trail.measures!.find(({ id }) => id === 'trail.streams-delivered')!.check!(
      house.threshold.asHouse,
      house.world,
      house.world.now(),
    )
  ok((await check()).holds)
  await pass(61)
  const { holds, finding } = await check()
  equal(holds, false)
  match(finding, /paused, and 7\d seconds behind/)
  await remove(streamId)
  await otlp.close()
})

test('nothing goes to a private place, an unknown authority or another form of address', async () => {
  const otlp = await otlpReceiver(keys)
  const byAddress = await add({ kind: 'otlp', address: `https://127.0.0.1:${otlp.port}/v1/logs` })
  const { ca: _, ...untrusted } = { ca: '', kind: 'otlp', address: addressOf(otlp) }
  const { json } = await post('', { name: 'x', content: 'leaf', ...untrusted })
  await note('trail.test.private')
  await pass()
  equal(otlp.count, 0)
  match((await one(byAddress.streamId)).lastError, /private network/)
  match((await one(json.streamId)).lastError, /CERT|SELF_SIGNED|UNABLE/)
  for (const { streamId } of [byAddress, json]) await remove(streamId)
  for (const [kind, address] of [
    ['otlp', 'http://siem.example/v1/logs'],
    ['otlp', 'https://user:secret@siem.example/'],
    ['webhook', 'https://siem.example/?token=secret'],
    ['syslog', 'https://siem.example/'],
    ['syslog', 'tls://siem.example:6514/path'],
    ['webhook', 'file:///etc/passwd'],
  ]) {
    const refused = await post('', { name: 'x', content: 'leaf', kind, address })
    deepEqual([refused.status, refused.json.code], [422, 'trail.destination-malformed'], address)
  }
  deepEqual(
    (
      await post('', {
        name: 'x',
        content: 'leaf',
        kind: 'syslog',
        address: 'tls://s.example',
        token: 'a',
      })
    ).json.code,
    'trail.stream-secret-unwanted',
  )
  await otlp.close()
})

test('the receivers of this test are no pushovers', () => {
  const inbox = new Inbox()
  throws(() => takeFrames(inbox, Buffer.from('05 <110>')))
  throws(() => takeFrames(inbox, Buffer.from('90 <110>1 cut')))
  throws(() => takeFrames(inbox, Buffer.from('14 <999>1 - - - -')))
  throws(() => takeOtlp(inbox, '{"resource_logs":[]}'))
  const record = (change: object) =>
    JSON.stringify({
      resourceLogs: [
        {
          resource: { attributes: [{ key: 'service.name', value: { stringValue: 'x' } }] },
          scopeLogs: [
            {
              scope: {},
              logRecords: [
                {
                  timeUnixNano: '1',
                  observedTimeUnixNano: '1',
                  severityNumber: 9,
                  severityText: 'INFO',
                  eventName: 'a',
                  body: { stringValue: '' },
                  attributes: [],
                  ...change,
                },
              ],
            },
          ],
        },
      ],
    })
  takeOtlp(new Inbox(), record({}))
  throws(() => takeOtlp(inbox, record({ timeUnixNano: 1 })))
  throws(() => takeOtlp(inbox, record({ severityNumber: 'SEVERITY_NUMBER_INFO' })))
  throws(() => takeOtlp(inbox, record({ body: { stringValue: '', intValue: '1' } })))
  const secret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`
  const headers = { 'webhook-id': 'a', 'webhook-timestamp': '100', 'webhook-signature': 'v1,AAAA' }
  throws(() => verifyWebhook(headers, '{}', secret, 100))
})
