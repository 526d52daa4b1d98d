import { deepEqual, equal, ok } from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { type BenchHouse, wholePerson, withBenchHouse } from '../bench/parts/filled-house.ts'
import { importPieces, keyOf, linesOf } from '../bench/parts/import.ts'
import { ask, type Heard } from './callers.ts'

// Every family of keys turns at once, while others import, write, read, search, erase and export, and the
// server is killed in the midst of it. Afterwards everything that was acknowledged is there once, and nothing else.

const subjects = Number(process.env['ROTATION_SUBJECTS'] ?? 4_000)
const families = ['wrap', 'index', 'data'] as const

interface Fire {
  readonly signal: AbortSignal
  /** Answers that no killed server explains. */
  readonly wrong: string[]
  readonly erased: Set<string>
  /** Keys whose erasure was sent, whatever became of it. */
  readonly erasing: Set<string>
  answers: number
}

async function send(
  { listener, controllerId, headers }: BenchHouse,
  method: string,
  path: string,
  body?: object,
): Promise<Heard | undefined> {
  return ask(listener, `/v1/controllers/${controllerId}${path}`, {
    method,
    headers: body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch(() => undefined) // the server is gone for a moment
}

const idsIn = (answer: Heard): string[] =>
  (JSON.parse(answer.body) as { items: { subjectId: string }[] }).items.map(
    ({ subjectId }) => subjectId,
  )

const byEmail = (n: number) => ({
  category: 'contact',
  field: 'email',
  value: `person.${n}@example.org`,
})

async function client(house: BenchHouse, seed: number, fire: Fire): Promise<void> {
  for (let turn = seed * 997; !fire.signal.aborted; turn += 7919) {
    const n = turn % subjects
    const key = keyOf(n)
    const isErasable = n % 10 === 0
    const sought = turn % 2 === 0 ? { subjectKey: key } : byEmail(n)
    const [wasErased, wasErasing] = [fire.erased.has(key), fire.erasing.has(key)]
    const found = await send(house, 'POST', '/subjects/find', sought)
    if (found === undefined || found.status >= 500) {
      await pause(50)
      continue
    }
    fire.answers += 1
    if (found.status !== 200) {
      fire.wrong.push(`find ${found.status} ${found.body}`)
      continue
    }
    const ids = idsIn(found)
    const mayBeGone = wasErasing || fire.erasing.has(key)
    const expected = wasErased ? [0] : mayBeGone ? [0, 1] : [1]
    if (!expected.includes(ids.length))
      fire.wrong.push(`${JSON.stringify(sought)}: ${ids.length} found`)
    const [id] = ids
    if (id === undefined) continue
    const read = await send(house, 'GET', `/subjects/${id}`)
    if (read?.status === 200 && !read.body.includes('Frankfurt')) fire.wrong.push(read.body)
    if (read !== undefined && ![200, 404, 410, 503].includes(read.status))
      fire.wrong.push(`read ${read.status} ${read.body}`)
    if (!isErasable && n % 3 === 0)
      await send(house, 'POST', '/records/batch', {
        records: [{ subjectKey: key, category: 'contact', fields: wholePerson(n) }],
      })
    if (isErasable && turn % 4 === 0) {
      fire.erasing.add(key)
      const gone = await send(house, 'DELETE', `/subjects/${id}`)
      if (gone?.status === 200) fire.erased.add(key)
    }
  }
}

async function exporter(house: BenchHouse, { signal, wrong }: Fire): Promise<void> {
  while (!signal.aborted) {
    const out = await send(house, 'GET', '/export')
    if (out?.status === 200) {
      const keys = keysIn(out)
      if (new Set(keys).size !== keys.length) wrong.push('an export told somebody twice')
    }
    await pause(500)
  }
}

const keysIn = ({ body }: Heard): string[] =>
  body
    .split('\n')
    .filter((line) => line.includes('"subjectKey"'))
    .map((line) => (JSON.parse(line) as { subjectKey: string }).subjectKey)

test('all families turn at once under fire and through a kill, and nothing is lost, twice, unreadable or miscounted', async (t) => {
  await withBenchHouse(async (house) => {
    const { supervised, controllerId } = house
    await importPieces(house, linesOf(0, subjects), subjects)
    const ending = new AbortController()
    const fire: Fire = {
      signal: ending.signal,
      wrong: [],
      erased: new Set(),
      erasing: new Set(),
      answers: 0,
    }
    const load = [...[0, 1, 2, 3].map((i) => client(house, i, fire)), exporter(house, fire)]
    await supervised.operator.call('POST', `/v1/keys/rings/${controllerId}/rotate`, {
      json: { families },
    })
    const rotations = async () => {
      const { items } = await supervised.operator.call<{
        items: { family: string; state: string; moved: number; total: number; leftOver?: number }[]
      }>('GET', `/v1/keys/rotations?ring=${controllerId}`)
      return items
    }
    let importing = importPieces(house, linesOf(subjects, subjects), subjects).then(
      () => true,
      () => false,
    )
    for (let kills = 0; kills < 2; kills += 1) {
      for (let left = 600; left > 0; left -= 1) {
        const at = await rotations()
        if (at.some(({ state, moved, total }) => state === 'running' && moved > 0 && moved < total))
          break
        await pause(20)
      }
      process.kill(supervised.serverPid(), 'SIGKILL')
      await importing
      await supervised.answering()
      // Whoever was cut off sends it again.
      importing = importPieces(house, linesOf(subjects, subjects), subjects).then(
        () => true,
        () => false,
      )
    }
    equal(await importing, true, 'the import after the last kill')
    let at = await rotations()
    for (let left = 900; left > 0 && at.some(({ state }) => state !== 'done'); left -= 1) {
      await pause(200)
      at = await rotations()
    }
    ending.abort()
    await Promise.all(load)
    t.diagnostic(`${fire.answers} finds, ${fire.erased.size} erased; ${JSON.stringify(at)}`)
    deepEqual(fire.wrong.slice(0, 5), [])
    deepEqual(
      at.map(({ state, leftOver }) => [state, leftOver]),
      families.map(() => ['done', 0]),
    )
    // What is there now, by key, by value, by export, by count.
    const there = new Set<string>()
    for (let n = 0; n < subjects * 2; n += 7) {
      const [key, value] = [
        await send(house, 'POST', '/subjects/find', { subjectKey: keyOf(n) }),
        await send(house, 'POST', '/subjects/find', byEmail(n)),
      ]
      deepEqual([key?.status, value?.status], [200, 200])
      deepEqual(idsIn(key!), idsIn(value!), keyOf(n))
      const count = idsIn(key!).length
      if (fire.erased.has(keyOf(n))) equal(count, 0, `${keyOf(n)} is erased`)
      else if (!fire.erasing.has(keyOf(n))) equal(count, 1, keyOf(n))
      if (count > 0) there.add(keyOf(n))
    }
    const keys = keysIn((await send(house, 'GET', '/export'))!)
    const told = new Set(keys)
    equal(told.size, keys.length, 'nobody is told twice')
    for (const key of there) ok(told.has(key), key)
    for (const key of fire.erased) ok(!told.has(key), key)
    const missing = Array.from({ length: subjects * 2 }, (_, n) => keyOf(n)).filter(
      (key) => !told.has(key) && !fire.erasing.has(key),
    )
    deepEqual(missing, [])
    const held = await supervised.command('vault', 'verify', controllerId, '--json')
    equal(held.code, 0, held.told + held.output)
    const trail = await supervised.command('trail', 'verify', '--json')
    equal((JSON.parse(trail.output) as { sound: boolean }).sound, true, trail.output)
  })
})
