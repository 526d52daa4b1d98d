import { readFileSync } from 'node:fs'
import { ask } from '../../test/callers.ts'
import type { SupervisedHouse } from '../../test/supervised.ts'
import { type BenchHouse, wholePerson } from './filled-house.ts'

const mapping = {
  subjectKey: 'key',
  category: 'contact',
  fields: Object.fromEntries(Object.keys(wholePerson(0)).map((name) => [name, name])),
}

export const keyOf = (n: number): string => `M-${n}`

/** NDJSON of records of 1 KiB, about 64 KiB a piece, made as they are sent. */
export async function* linesOf(from: number, count: number): AsyncGenerator<Buffer> {
  let lines: string[] = []
  for (let n = from; n < from + count; n += 1) {
    lines.push(`${JSON.stringify({ key: keyOf(n), ...wholePerson(n) })}\n`)
    if (lines.length < 60 && n + 1 < from + count) continue
    yield Buffer.from(lines.join(''))
    lines = []
  }
}

/** Imports pieces of NDJSON. */
export async function importPieces(
  { listener, controllerId, headers }: BenchHouse,
  pieces: AsyncIterable<Buffer>,
  count: number,
): Promise<void> {
  const query = new URLSearchParams({ mapping: JSON.stringify(mapping) })
  const answer = await ask(
    listener,
    `/v1/controllers/${controllerId}/imports?${query.toString()}`,
    {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/x-ndjson' },
      body: pieces,
    },
  )
  const { rowsStored } = JSON.parse(answer.body) as { rowsStored?: number }
  if (rowsStored !== count) throw new Error(answer.body)
}

/** The server's resident memory, in MiB. */
export function serverMiB(house: SupervisedHouse): number {
  const status = readFileSync(`/proc/${house.serverPid()}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024
}

/** Looks at the server's memory every so often while something runs. */
export async function watchMemory<T>(
  house: SupervisedHouse,
  deed: () => Promise<T>,
): Promise<{ readonly value: T; readonly sizes: readonly number[] }> {
  const sizes = [serverMiB(house)]
  const looking = setInterval(() => sizes.push(serverMiB(house)), 250)
  try {
    return { value: await deed(), sizes }
  } finally {
    clearInterval(looking)
  }
}
