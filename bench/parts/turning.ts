import { setTimeout as pause } from 'node:timers/promises'
import { ask } from '../../test/callers.ts'
import type { BenchHouse } from './filled-house.ts'
import { wholePerson } from './filled-house.ts'
import { keyOf } from './import.ts'

export interface Turned {
  readonly seconds: number
  readonly moved: number
  readonly leftOver: number
  /** Requests answered meanwhile, and those among them that failed. */
  readonly requests: number
  readonly failed: readonly string[]
  /** Milliseconds of the slowest of a hundred requests. */
  readonly p99Ms: number
}

interface Seen {
  readonly ring: string
  readonly family: string
  readonly state: string
  readonly moved: number
  readonly leftOver?: number
}

/** Requests one client has on their way at a time, and how many clients there are. */
const clients = 4

/**
 * Turns keys of the controller while clients find, read and replace its records, and waits until the
 * rotation is done.
 */
export async function turnUnderLoad(
  house: BenchHouse,
  family: 'wrap' | 'index' | 'data',
  subjects: number,
  onMoved: (moved: number) => void | Promise<void> = () => {},
): Promise<Turned> {
  const { supervised, controllerId } = house
  const times: number[] = []
  const failed: string[] = []
  const ending = new AbortController()
  const load = Array.from({ length: clients }, (_, i) =>
    client(house, subjects, i, { times, failed, signal: ending.signal }),
  )
  const began = performance.now()
  await supervised.operator.call('POST', `/v1/keys/rings/${controllerId}/rotate`, {
    json: { families: [family] },
  })
  let last: Seen | undefined
  for (;;) {
    const { items } = await supervised.operator.call<{ items: Seen[] }>(
      'GET',
      `/v1/keys/rotations?ring=${controllerId}`,
    )
    last = items.find((one) => one.family === family)
    await onMoved(last?.moved ?? 0)
    if (last?.state === 'done') break
    await pause(250)
  }
  const seconds = (performance.now() - began) / 1000
  ending.abort()
  await Promise.all(load)
  times.sort((a, b) => a - b)
  return {
    seconds,
    moved: last.moved,
    leftOver: last.leftOver ?? -1,
    requests: times.length,
    failed,
    p99Ms: times[Math.floor(times.length * 0.99)] ?? 0,
  }
}

interface Load {
  readonly times: number[]
  readonly failed: string[]
  readonly signal: AbortSignal
}

async function client(
  { listener, controllerId, headers }: BenchHouse,
  subjects: number,
  seed: number,
  { times, failed, signal }: Load,
): Promise<void> {
  const own = `/v1/controllers/${controllerId}`
  const json = { ...headers, 'content-type': 'application/json' }
  const send = async (method: string, path: string, body?: object) => {
    const began = performance.now()
    const answer = await ask(listener, path, {
      method,
      headers: body === undefined ? headers : json,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    times.push(performance.now() - began)
    if (answer.status !== 200) failed.push(`${method} ${answer.status} ${answer.body}`)
    return answer.status === 200
      ? (JSON.parse(answer.body) as { items?: { subjectId: string }[] })
      : {}
  }
  for (let n = seed * 997; !signal.aborted; n += 7919) {
    const key = keyOf(n % subjects)
    const found = await send('POST', `${own}/subjects/find`, { subjectKey: key })
    const subjectId = found.items?.[0]?.subjectId
    if (subjectId === undefined) failed.push(`${key} is not found`)
    else await send('GET', `${own}/subjects/${subjectId}`)
    if (n % 3 === 0)
      await send('POST', `${own}/records/batch`, {
        records: [{ subjectKey: key, category: 'contact', fields: wholePerson(n % subjects) }],
      })
  }
}
