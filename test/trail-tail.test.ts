import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { request } from 'node:https'
import { after, before, test } from 'node:test'
import { revokeCredential, revokeGrant } from '#identity'
import { type Caller, callerWith } from './callers.ts'
import { openHouse, type TestHouse } from './house.ts'
import { until } from './incidents-people.ts'

let house: TestHouse
let port: number
let follower: Caller

before(async () => {
  house = await openHouse({ work: true })
  port = (await house.listen(0)).port
  follower = await callerWith(house, { actions: ['trail.*'] })
})
after(() => house.close())

interface Heard {
  readonly events: { readonly id?: string; readonly event: string; readonly data: any }[]
  readonly status: number
  readonly type: string
  /** Whether the other side has ended it. */
  ended: boolean
  leave(): void
}

/** Follows the trail as an EventSource does (WHATWG HTML §9.2.6). */
function follow(token: string, query = '', headers: Record<string, string> = {}): Promise<Heard> {
  return new Promise((resolve, reject) => {
    const call = request(
      {
        host: '127.0.0.1',
        servername: 'localhost',
        port,
        ca: house.ca,
        path: `/v1/trail/tail?${query}`,
        headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream', ...headers },
        agent: false,
      },
      (answer) => {
        const heard: Heard = {
          events: [],
          status: answer.statusCode!,
          type: answer.headers['content-type'] ?? '',
          ended: false,
          leave: () => call.destroy(),
        }
        let rest = ''
        answer.setEncoding('utf8')
        answer.on('data', (piece: string) => {
          const blocks = (rest + piece).split('\n\n')
          rest = blocks.pop()!
          for (const block of blocks) {
            const fields = block
              .split('\n')
              .map((line) => /^(\w*): ?(.*)$/.exec(line)!)
              .map(([, name, value]) => [name!, value!])
            const { data, event, id } = Object.fromEntries(fields) as Record<string, string>
            if (data !== undefined)
              heard.events.push({ event: event!, data: JSON.parse(data), ...(id && { id }) })
          }
        })
        answer.on('error', () => {})
        answer.on('close', () => {
          heard.ended = true
        })
        resolve(heard)
      },
    )
    call.on('error', reject)
    call.end()
  })
}

const note = (action: string) => house.act({ action }, async () => {})
const actions = (heard: Heard) =>
  heard.events.filter(({ event }) => event === 'entry').map(({ data }) => data.action as string)

test('new entries arrive as events, others’ reading does not, and a reader comes back without loss', async () => {
  const heard = await follow(follower.token, 'action=trail.test.*')
  equal(heard.status, 200)
  match(heard.type, /^text\/event-stream/)
  await note('trail.test.one')
  await note('keys.test.other')
  await note('trail.test.two')
  await until(house, 'two events', async () => actions(heard).length === 2 || undefined)
  deepEqual(actions(heard), ['trail.test.one', 'trail.test.two'])
  const last = heard.events.at(-1)!
  equal(last.id, String(last.data.position))
  heard.leave()
  await note('trail.test.three')
  const again = await follow(follower.token, 'action=trail.test.*', { 'last-event-id': last.id })
  await until(house, 'the missed event', async () => actions(again).length === 1 || undefined)
  deepEqual(actions(again), ['trail.test.three'])
  again.leave()
})

test('a tail tells that it began and each batch, shows no tail, and so does not feed itself', async () => {
  const query = 'kinds=workload'
  const [one, two] = [await follow(follower.token, query), await follow(follower.token, query)]
  const count = async () => {
    await house.integrate()
    const rows = await house.owner.rows<{ one: number }>({
      text: "select 1 as one from trail.entry where action = 'trail.entry.tail'",
    })
    return rows.length
  }
  await house.request('/v1/trail/logs', { token: follower.token })
  const isHeard = (heard: Heard) => actions(heard).includes('trail.log.list')
  await until(house, 'the loud entry', async () => (isHeard(one) && isHeard(two)) || undefined)
  // Tails look once a second: were one to feed itself or another, each second would bring an entry.
  let quiet = false
  for (let tries = 0, before = await count(); !quiet && tries < 10; tries += 1) {
    await new Promise((go) => setTimeout(go, 2_500))
    const now = await count()
    quiet = now === before
    before = now
  }
  ok(quiet, 'the tails come to rest')
  ok(![...actions(one), ...actions(two)].includes('trail.entry.tail'))
  one.leave()
  two.leave()
})

test('a fifth tail of one caller is refused, and one that ended makes room', async () => {
  const four = await Promise.all(Array.from({ length: 4 }, () => follow(follower.token)))
  const fifth = await follow(follower.token)
  equal(fifth.status, 429)
  for (const each of four) each.leave()
  await until(house, 'room for another', async () => {
    const next = await follow(follower.token)
    next.leave()
    return next.status === 200 || undefined
  })
})

test('a tail ends with a word when the right to it goes, and without one when it is cut', async () => {
  const [granted, shown] = [
    await callerWith(house, { actions: ['trail.*'] }),
    await callerWith(house, { actions: ['trail.*'] }),
  ]
  const [one, two] = [
    await follow(granted.token, 'action=trail.test.*'),
    await follow(shown.token, 'action=trail.test.*'),
  ]
  await house.act({ action: 'identity.grant.revoke' }, async (act) => {
    const rows = await act.sql.rows<{ id: string }>({
      text: 'select id from identity.grant where actor_id = $1',
      values: [granted.workloadId],
    })
    await revokeGrant(act, rows[0]!.id, 'of a test')
    await revokeCredential(act, shown.credentialId)
  })
  await until(house, 'both ends', async () => (one.ended && two.ended) || undefined)
  deepEqual([one.events.at(-1)?.event, one.events.at(-1)?.data.code], ['end', 'over'])
})

test('a cursor that is none is refused by name', async () => {
  const { json, status } = await house.request('/v1/trail/tail?after=x', { token: follower.token })
  deepEqual([status, json.code], [400, 'trail.not-a-cursor'])
})
