import { deepEqual, ok } from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { makeFindable } from '#trail'
import type { EntryFilter } from '../src/trail/search/filter.ts'
import { searchEntries } from '../src/trail/search/walk-acts.ts'
import { packTouched } from '../src/trail/entries/touched.ts'
import { openHouse, type TestHouse } from './house.ts'

const entries = 1_000_000
const longestMs = 200

let house: TestHouse
let makingSeconds: number
const log = randomUUID()
const [credentialId, sessionId, person, workload] = Array.from({ length: 4 }, () => randomUUID())

/** A year: 60 % of it one workload's reads, 39 % the house's checks, 1 % of two hundred persons. */
before(async () => {
  house = await openHouse()
  // Indexes that no search uses, and that would make the filling long.
  for (const name of ['at', 'actor', 'session', 'credential', 'source'])
    await house.owner.run({ text: `drop index trail.entry_${name}` })
  await house.owner.run({
    text: `
      insert into trail.entry (id, log, at, actor_kind, actor_id, session_id, credential_id,
        controller_id, action, outcome, purpose, subjects, records, categories, touched,
        source_key, body, leaf)
      select gen_random_uuid(),
        case when k = 'house' then 'house' else $1 end,
        timestamptz '2026-01-01' + n * interval '31 seconds' - (n % 60) * interval '1 second',
        k,
        case k when 'house' then 'house' when 'workload' then $5
          else coalesce((case when n % 200 = 0 then $4 end), 'person ' || n % 200) end,
        case when k = 'person' and n % 4000 = 0 then $3::uuid end,
        case when k = 'workload' then $2::uuid end,
        case when k <> 'house' then $1::uuid end,
        case k when 'house' then 'trail.entry.check' when 'workload' then 'vault.record.read'
          else 'vault.subject.find' end,
        case when n % 10007 = 0 or n % 50000 = 0 then 'refused' else 'done' end,
        case when n % 5003 = 0 then 'audit' when k = 'workload' then 'care' end,
        (k = 'workload')::int, (k = 'workload')::int, (k = 'workload')::int,
        case when k = 'workload' then '\\x0101'::bytea
          || set_byte(set_byte('\\x0000'::bytea, 0, 128 + s % 128), 1, s / 128)
          || '\\x010101'::bytea end,
        sha256((n % 300)::text::bytea), '\\x00', sha256(n::text::bytea)
      from (
        select n, case when n % 100 = 0 then 'person' when n % 100 < 40 then 'house'
          else 'workload' end as k, 128 + ((n::bigint * 7919) % 16000)::int as s
        from generate_series(1, ${entries}) n
      ) made`,
    values: [log, credentialId, sessionId, person, workload],
  })
  await house.owner.run({
    text: `
      insert into trail.sequence (position, log, idx, id)
      select row_number() over (order by at, id), log,
        row_number() over (partition by log order by at, id) - 1, id from trail.entry`,
  })
  await house.owner.run({ text: `update trail.state set position = ${entries}` })
  const began = performance.now()
  while (await makeFindable(house.database));
  makingSeconds = (performance.now() - began) / 1000
  await house.owner.run({ text: 'analyze' })
})
after(() => house.close())

const asked: readonly (readonly [name: string, filter: EntryFilter, atLeast?: number])[] = [
  ['everything', {}],
  ['people and workloads', { kinds: ['person', 'workload'] }],
  ['people alone', { kinds: ['person'] }],
  ['a controller', { log }],
  ['a person', { actorId: person! }],
  ['a person in a controller, by prefix', { actorId: person!, log, action: 'vault.*' }],
  ['a session', { sessionId: sessionId! }],
  ['a credential', { credentialId: credentialId! }],
  ['a prefix by people', { action: 'vault.*', kinds: ['person'] }],
  ['refused', { outcome: 'refused' }],
  ['refused by people', { outcome: 'refused', kinds: ['person'] }, 1],
  ['a rare purpose', { purpose: 'audit' }],
  ['a rare purpose by a workload', { purpose: 'audit', actorId: workload! }],
  ['a subject', { log, subject: 5000 }, 10],
  ['a subject and a credential', { log, subject: 5000, credentialId: credentialId! }, 10],
  ['an old hour', { from: at('2026-02-01T00:00Z'), until: at('2026-02-01T01:00Z') }],
  ['everything before spring', { until: at('2026-03-01T00:00Z') }],
  [
    'people of an old day',
    { kinds: ['person'], from: at('2026-02-01T00:00Z'), until: at('2026-02-02T00:00Z') },
    20,
  ],
  ['places of a log', { log, fromIndex: 1000, toIndex: 1050 }, 51],
  [
    'an action of people, asked of the house',
    { action: 'vault.subject.find', kinds: ['house'] },
    0,
  ],
  ['two common things that never meet', { actorId: workload!, action: 'trail.entry.check' }, 0],
]

function at(text: string): Date {
  return new Date(text)
}

/** The same question, asked of every entry. */
async function slowly(filter: EntryFilter): Promise<number[]> {
  const { action, kinds, subject, from, until, fromIndex, toIndex } = filter
  const values = [
    filter.log ?? null,
    filter.actorId ?? null,
    kinds ?? null,
    action?.replace(/\*$/, '') ?? null,
    filter.outcome ?? null,
    filter.purpose ?? null,
    filter.sessionId ?? null,
    filter.credentialId ?? null,
    from ?? null,
    until ?? null,
    fromIndex ?? null,
    toIndex ?? null,
    subject === undefined
      ? null
      : packTouched([{ subject, record: 0, category: 0 }])!.subarray(2, -3),
  ]
  const rows = await house.owner.rows<{ position: number }>({
    text: `
      select s.position from trail.sequence s join trail.entry e using (id)
      where ($1::text is null or s.log = $1) and ($2::text is null or e.actor_id = $2)
        and ($3::text[] is null or e.actor_kind = any ($3))
        and ($4::text is null or starts_with(e.action, $4))
        and ($5::text is null or e.outcome = $5) and ($6::text is null or e.purpose = $6)
        and ($7::uuid is null or e.session_id = $7) and ($8::uuid is null or e.credential_id = $8)
        and ($9::timestamptz is null or e.at >= $9) and ($10::timestamptz is null or e.at < $10)
        and ($11::bigint is null or s.idx >= $11) and ($12::bigint is null or s.idx <= $12)
        and ($13::bytea is null or substring(e.touched from 3 for octet_length($13)) = $13)
      order by s.position desc limit 100`,
    values,
  })
  return rows.map(({ position }) => position)
}

test(`of a million entries each search finds its first hundred within ${longestMs} ms`, async (t) => {
  t.diagnostic(`made findable at ${(entries / makingSeconds).toFixed(0)} entries/s`)
  for (const [name, filter, atLeast = 100] of asked) {
    const times: number[] = []
    let found: number[] = []
    for (let round = 0; round < 5; round += 1) {
      const began = performance.now()
      const entries = await searchEntries(house.database, filter, { newestFirst: true, limit: 100 })
      times.push(performance.now() - began)
      found = entries.map(({ position }) => position)
    }
    const count = found.length
    const median = times.sort((a, b) => a - b)[2]!
    t.diagnostic(`${name}: ${count} in ${median.toFixed(1)} ms`)
    deepEqual(found, await slowly(filter), name)
    ok(count >= atLeast, `${name}: ${count}`)
    ok(median < longestMs, `${name} took ${median.toFixed(0)} ms`)
  }
})
