import { deepEqual, equal, ok } from 'node:assert/strict'
import { test } from 'node:test'
import { packTouched } from '#trail'
import { array, assert, boolean, constantFrom, integer, property, record, tuple } from 'fast-check'
import { digestOf } from './canonical.ts'
import { changesBetween, type CountedEntry, countScope } from './scope.ts'
import type { Suspicion } from './suspicion.ts'
import { spentMs } from '../../test/spent.ts'

const start = Date.parse('2026-03-02T09:00:00Z')
const minute = (n: number) => new Date(start + n * 60_000)
const address = (n: number) => Buffer.alloc(32, n)
const [alpha, beta, gamma] = ['a', 'b', 'c'].map((c) => `0195a000-0000-7000-8000-00000000000${c}`)

interface Access {
  readonly controller: string
  readonly credential: string
  readonly from: number
  readonly minute: number
  readonly action: string
  readonly done: boolean
  readonly touches: readonly (readonly [number, number])[]
}

// One record for each subject and category, as in the vault.
const entryOf = (access: Access, position: number): CountedEntry => ({
  entryId: `e${String(position).padStart(9, '0')}`,
  at: minute(access.minute),
  actorKind: 'workload',
  actorId: 'w',
  sessionId: null,
  credentialId: access.credential,
  controllerId: access.controller,
  action: access.action,
  outcome: access.done ? 'done' : 'refused',
  sourceKey: address(access.from),
  touched: packTouched(
    access.touches.map(([subject, category]) => ({
      subject,
      record: subject * 31 + category,
      category,
    })),
  ),
})
const thief: Suspicion = {
  actorKind: 'workload',
  actorId: 'w',
  credentialId: 'stolen',
  sessionId: null,
  sourceKey: address(9),
  certain: true,
}
const window = { from: minute(10), to: minute(90) }

const accesses = array(
  record({
    controller: constantFrom(alpha!, beta!, gamma!),
    credential: constantFrom('stolen', 'other'),
    from: constantFrom(9, 4),
    minute: integer({ min: 0, max: 100 }),
    action: constantFrom(
      'vault.subject.read',
      'vault.record.export',
      'vault.record.put',
      'vault.subject.erase',
    ),
    done: boolean(),
    touches: array(tuple(integer({ min: 1, max: 60 }), integer({ min: 0, max: 30 })), {
      maxLength: 12,
    }),
  }),
  { maxLength: 80 },
)

test('the count equals a naive model over every ladder, controller, category and kind', () => {
  assert(
    property(accesses, (list) => {
      const result = countScope([thief], window, list.map(entryOf))
      const relevant = list.filter(
        (a) => a.done && a.credential === 'stolen' && a.minute >= 10 && a.touches.length > 0,
      )
      deepEqual(
        result.controllers.map(({ controllerId }) => controllerId),
        [...new Set(relevant.map(({ controller }) => controller))].sort(),
      )
      for (const { controllerId, certain, possible } of result.controllers) {
        const own = relevant.filter(({ controller }) => controller === controllerId)
        deepEqual(certain, naive(own.filter(({ from }) => from === 9)))
        deepEqual(possible, naive(own))
        ok(certain.subjects <= possible.subjects && certain.records <= possible.records)
      }
    }),
    { numRuns: 300 },
  )
})

function naive(list: readonly Access[]) {
  const touches = list.flatMap((a) =>
    a.touches.map(([subject, category]) => ({ ...a, subject, category })),
  )
  const distinct = (some: typeof touches) => new Set(some.map(({ subject }) => subject)).size
  const kind = (action: string) => distinct(touches.filter((t) => t.action === action))
  const times = list.map((a) => minute(a.minute).toISOString()).sort()
  const categories = [...new Set(touches.map(({ category }) => category))].sort((a, b) => a - b)
  return {
    subjects: distinct(touches),
    records: new Set(touches.map(({ subject, category }) => `${subject} ${category}`)).size,
    categories: categories.map((bit) => {
      const subjects = distinct(touches.filter(({ category }) => category === bit))
      return { bit, subjects, records: subjects }
    }),
    access: {
      read: kind('vault.subject.read'),
      exported: kind('vault.record.export'),
      written: kind('vault.record.put'),
      erased: kind('vault.subject.erase'),
    },
    entries: list.length,
    firstAt: times[0] ?? null,
    lastAt: times.at(-1) ?? null,
  }
}

test('who was only found counts as a person, in no record and no category', () => {
  const entry = entryOf(
    {
      controller: alpha!,
      credential: 'stolen',
      from: 9,
      minute: 20,
      action: 'vault.subject.find',
      done: true,
      touches: [[2, 3]],
    },
    1,
  )
  const touched = packTouched([
    { subject: 1, record: 0, category: 0 },
    { subject: 2, record: 65, category: 3 },
  ])
  const [scope] = countScope([thief], window, [{ ...entry, touched }]).controllers
  const { subjects, records, categories, access } = scope!.possible
  deepEqual(
    { subjects, records, categories, read: access.read },
    { subjects: 2, records: 1, categories: [{ bit: 3, subjects: 1, records: 1 }], read: 2 },
  )
})

test('the order of entries does not change the digest, one access more does', () => {
  assert(
    property(accesses, (list) => {
      const entries = list.map(entryOf)
      const digest = (some: readonly CountedEntry[]) =>
        digestOf(countScope([thief], window, some)).toString('hex')
      equal(digest(entries), digest(entries.toReversed()))
      const more = entryOf(
        {
          controller: alpha!,
          credential: 'stolen',
          from: 9,
          minute: 30,
          action: 'vault.subject.read',
          done: true,
          touches: [[61, 0]],
        },
        entries.length,
      )
      ok(digest(entries) !== digest([...entries, more]))
    }),
  )
})

test('a person is followed by session, whatever address it roams to', () => {
  const person = { actorKind: 'person', actorId: 'p', credentialId: null } as const
  const entry = (sessionId: string, from: number, subject: number): CountedEntry => ({
    ...entryOf(
      {
        controller: alpha!,
        credential: '',
        from,
        minute: 20,
        action: 'vault.subject.read',
        done: true,
        touches: [[subject, 1]],
      },
      subject,
    ),
    ...person,
    sessionId,
  })
  const suspicion: Suspicion = { ...person, sessionId: 's1', sourceKey: address(9), certain: true }
  const { controllers } = countScope([suspicion], window, [
    entry('s1', 9, 1),
    entry('s1', 4, 2),
    entry('s2', 9, 3),
  ])
  deepEqual(
    controllers.map(({ certain, possible }) => [certain.subjects, possible.subjects]),
    [[2, 3]],
  )
})

test('after the cut an account begins anew, while what was under way still counts', () => {
  const read = (sessionId: string | null, credential: string | null, subject: number) => ({
    ...entryOf(
      {
        controller: alpha!,
        credential: '',
        from: 4,
        minute: 95,
        action: 'vault.record.export',
        done: true,
        touches: [[subject, 0]],
      },
      subject,
    ),
    ...(credential === null ? ({ actorKind: 'person', actorId: 'p' } as const) : {}),
    sessionId,
    credentialId: credential,
  })
  const session: Suspicion = {
    actorKind: 'person',
    actorId: 'p',
    credentialId: null,
    sessionId: 's1',
    sourceKey: null,
    certain: true,
  }
  const { controllers } = countScope([session, thief], window, [
    read('s1', null, 1),
    read('s2', null, 2),
    read(null, 'stolen', 3),
    read(null, 'fresh', 4),
  ])
  deepEqual(
    controllers.map(({ certain, possible }) => [certain.subjects, possible.subjects]),
    [[1, 2]],
  )
})

test('a suspicion without proof makes everything possible and nothing certain', () => {
  const unproven = { ...thief, sourceKey: null, certain: false }
  const read = {
    controller: beta!,
    credential: 'stolen',
    from: 9,
    minute: 20,
    action: 'vault.subject.read',
    done: true,
    touches: [[1, 0]],
  } as const
  const { controllers } = countScope([unproven], { ...window, to: null }, [entryOf(read, 1)])
  deepEqual(
    controllers.map(({ certain, possible }) => [certain.subjects, possible.subjects]),
    [[0, 1]],
  )
})

test('a gap in the trail makes the whole result unknown', () => {
  const result = countScope([thief], window, [], 'entry 7 does not fit its leaf')
  deepEqual([result.unknown, result.gap], [true, 'entry 7 does not fit its leaf'])
})

test('a recount names the controllers whose counts changed, and no others', () => {
  const read = (controller: string, subject: number, position: number) =>
    entryOf(
      {
        controller,
        credential: 'stolen',
        from: 9,
        minute: 20,
        action: 'vault.subject.read',
        done: true,
        touches: [[subject, 0]],
      },
      position,
    )
  const before = countScope([thief], window, [read(alpha!, 1, 1), read(beta!, 1, 2)])
  const after = countScope([thief], window, [
    read(alpha!, 1, 1),
    read(beta!, 1, 2),
    read(beta!, 2, 3),
  ])
  deepEqual(changesBetween(before, after), [
    { controllerId: beta, certain: [1, 2], possible: [1, 2], records: [1, 2] },
  ])
  deepEqual(changesBetween(after, after), [])
})

test('a million accesses are counted in seconds', () => {
  function* million() {
    for (let i = 0; i < 20_000; i += 1) {
      const touches = Array.from(
        { length: 50 },
        (_, k) => [((i * 37 + k) % 400_000) + 1, k % 5] as const,
      )
      yield entryOf(
        {
          controller: alpha!,
          credential: 'stolen',
          from: 9,
          minute: 20,
          action: 'vault.subject.read',
          done: true,
          touches,
        },
        i,
      )
    }
  }
  const entries = [...million()]
  const began = spentMs()
  const { controllers } = countScope([thief], window, entries)
  const seconds = (spentMs() - began) / 1000
  equal(controllers[0]?.certain.entries, 20_000)
  ok(seconds < 15, `took ${seconds.toFixed(1)} s`)
})
