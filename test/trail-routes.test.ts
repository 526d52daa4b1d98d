import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { request } from 'node:http'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { trail, type VerifyReport } from '#trail'
import { openProof } from '../src/trail/tree/proof.ts'
import { noteVerifier } from '../src/trail/tree/signer.ts'
import { openHouse, type TestHouse } from './house.ts'

interface Listed {
  readonly items: readonly {
    readonly entryId: string
    readonly action: string
    readonly categories: readonly number[]
    readonly event?: { readonly actor: { readonly user: { readonly name: string } } }
  }[]
  readonly next?: string
}

let house: TestHouse
const controllerId = randomUUID()
const startedAt = new Date('2026-03-01T12:00:00Z')

before(async () => {
  house = await openHouse({ listen: true, now: startedAt })
  house.keyring.createRing(controllerId)
  await house.act({ action: 'trail.test.house' }, async () => {})
  for (let record = 1; record <= 4; record++) {
    await house.act(
      { action: 'vault.record.read', scope: { controllerId }, purpose: 'billing' },
      async (act) => act.touch({ subject: 1, record, category: 30 }),
    )
  }
  await house.integrate()
})
after(() => house.close())

/** A request through the operator's socket. */
function ask(
  path: string,
  { method = 'GET', headers = {} }: { method?: string; headers?: Record<string, string> } = {},
): Promise<{ status: number; type: string; text: string }> {
  const socketPath = join(house.settings.dataDir, 'run', 'holdfast.sock')
  return new Promise((resolve, reject) => {
    const call = request({ socketPath, path, method, headers }, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (piece: string) => {
        text += piece
      })
      answer.on('end', () =>
        resolve({
          status: answer.statusCode ?? 0,
          type: answer.headers['content-type'] ?? '',
          text,
        }),
      )
      answer.on('error', reject)
    })
    call.on('error', reject)
    call.end()
  })
}

async function list(query: string): Promise<Listed> {
  const { status, text } = await ask(`/v1/trail/entries?${query}`)
  equal(status, 200, text)
  return JSON.parse(text) as Listed
}

test('entries are found by log, action, outcome, purpose and time, and name who it was', async () => {
  const { items } = await list(`log=${controllerId}`)
  deepEqual(
    items.map(({ action, categories, event }) => [action, categories, event?.actor.user.name]),
    Array.from({ length: 4 }, () => ['vault.record.read', [30], 'Holdfast itself']),
  )
  const count = async (query: string) => (await list(`log=${controllerId}&${query}`)).items.length
  equal(await count('action=vault.record.read'), 4)
  equal(await count('action=vault.*'), 4)
  equal(await count('action=vault'), 0)
  equal(await count('purpose=billing&outcome=done&actorId=house'), 4)
  equal(await count('purpose=other'), 0)
  equal(await count('outcome=refused'), 0)
  equal(await count('from=2026-03-01T12:00:00Z&until=2026-03-01T12:00:01Z'), 4)
  equal(await count('until=2026-03-01T12:00:00Z'), 0)
})

test('pages follow one another without gap or repetition', async () => {
  const seen: string[] = []
  let after = ''
  for (;;) {
    const { items, next } = await list(`log=${controllerId}&limit=3${after}`)
    seen.push(...items.map(({ entryId }) => entryId))
    if (next === undefined) break
    after = `&after=${next}`
  }
  equal(seen.length, 4)
  equal(new Set(seen).size, 4)
})

test('an entry comes with a proof that any C2SP tool can check', async () => {
  const [entry] = (await list(`log=${controllerId}`)).items
  const { status, text } = await ask(`/v1/trail/entries/${entry!.entryId}`)
  equal(status, 200, text)
  const { proof, verifierKey, leafHash, index } = JSON.parse(text) as Record<string, string>
  const opened = openProof(proof!, Buffer.from(leafHash!, 'base64'), noteVerifier(verifierKey!))
  equal(opened.index, index)
  match(opened.origin, new RegExp(`^localhost:\\d+/holdfast/.*/${controllerId}$`))
})

test('what is no entry, filter, instant or cursor is refused by name', async () => {
  const refusal = async (path: string) => {
    const { status, text } = await ask(path)
    return [status, (JSON.parse(text) as { code: string }).code]
  }
  const base = '/v1/trail/entries'
  deepEqual(await refusal(`${base}/${randomUUID()}`), [404, 'trail.unknown-entry'])
  deepEqual(await refusal(`${base}?from=yesterday`), [400, 'trail.not-an-instant'])
  deepEqual(await refusal(`${base}?from=2026-03-01`), [400, 'trail.not-an-instant'])
  const older = encodeURIComponent('-200000-01-01T00:00:00Z')
  deepEqual(await refusal(`${base}?from=${older}`), [400, 'trail.not-an-instant'])
  deepEqual(await refusal(`${base}?after=x`), [400, 'trail.not-a-cursor'])
  equal((await refusal(`${base}?unknown=1`))[0], 400)
  await house.act({ action: 'trail.test.late' }, async () => {})
  const [late] = await house.owner.rows<{ id: string }>({
    text: 'select id from trail.pending order by id desc limit 1',
  })
  deepEqual(await refusal(`${base}/${late!.id}`), [503, 'trail.entry-pending'])
})

test('the overview shows trees, keys, what waits and what may be claimed', async () => {
  house.setNow(new Date(startedAt.getTime() + 5000))
  const { text } = await ask('/v1/trail/logs')
  const seen = JSON.parse(text) as {
    items: { log: string; verifierKey: string }[]
    pending: number
    lagSeconds: number
    signing: { stopped: boolean; restored: boolean }
    claim: { rung: number; words: string }
  }
  deepEqual(seen.items.map(({ log }) => log).toSorted(), [controllerId, 'house', 'root'].toSorted())
  ok(seen.items.every(({ log, verifierKey }) => verifierKey.includes(`/${log}+`)))
  ok(seen.pending > 0)
  equal(seen.lagSeconds, 5)
  deepEqual(seen.signing, { stopped: false, restored: false })
  deepEqual([seen.claim.rung, seen.claim.words], [0, 'tamper-detecting'])
})

test('the verifier answers with its report, or line by line', async () => {
  const whole = await ask('/v1/trail/verify', { method: 'POST' })
  equal(whole.status, 200, whole.text)
  equal((JSON.parse(whole.text) as VerifyReport).sound, true, whole.text)
  const headers = { accept: 'application/x-ndjson' }
  const { type, text } = await ask('/v1/trail/verify', { method: 'POST', headers })
  equal(type, 'application/x-ndjson')
  const lines = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  ok(lines.length > 1)
  deepEqual(Object.keys(lines[0]!), ['log', 'checked', 'of'])
  equal((lines.at(-1)!['report'] as VerifyReport).sound, true)
})

const check = (id: string) => {
  const measure = trail.measures!.find((one) => one.id === id)!
  return measure.check!(house.threshold.asHouse, house.world, house.world.now())
}

test('the measures hold on a sound trail, with the forbidden really tried', async () => {
  await house.integrate()
  const complete = await check('trail.complete')
  ok(complete.holds, complete.finding)
  equal(complete.n, complete.of)
  deepEqual(
    complete.facts['answers'],
    Array.from({ length: 5 }, () => '42501'),
  )
  equal(complete.probe?.refused, true)
  const evident = await check('trail.tamper-evident')
  ok(evident.holds, evident.finding)
  match(evident.finding, /tamper-detecting/)
  ok(!/tamper-evident/.test(JSON.stringify(evident)))
  equal(evident.probe?.refused, true)
})

test('the measures fail when an entry may be changed, is lost, or was changed', async () => {
  const owner = (text: string) => house.owner.run({ text })
  await owner('grant update on trail.entry to holdfast_app')
  try {
    const { holds, probe } = await check('trail.complete')
    deepEqual([holds, probe?.refused], [false, false])
  } finally {
    await owner('revoke update on trail.entry from holdfast_app')
  }
  await house.integrate()
  await house.act({ action: 'trail.test.lost' }, async () => {})
  await owner(
    "delete from trail.pending where id = (select id from trail.entry where action = 'trail.test.lost')",
  )
  const lost = await check('trail.complete')
  ok(!lost.holds && lost.n < lost.of, lost.finding)
  await owner(
    "insert into trail.pending select id, log, leaf from trail.entry where action = 'trail.test.lost'",
  )
  ok((await check('trail.complete')).holds)
  await owner(`update trail.entry set purpose = 'other' where log = '${controllerId}'`)
  const changed = await check('trail.tamper-evident')
  ok(!changed.holds)
  match(changed.finding, /differ in: pur/)
  await owner(`update trail.entry set purpose = 'billing' where log = '${controllerId}'`)
  ok((await check('trail.tamper-evident')).holds)
})
