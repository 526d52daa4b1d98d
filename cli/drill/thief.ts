import { Agent, request } from 'node:https'
import { dice } from './people.ts'
import { why } from './stage.ts'

/** What somebody was really given: the truth the house's count is held against. */
export class Loot {
  /** Subject → categories read, by controller. */
  readonly #taken = new Map<string, Map<string, Set<string>>>()

  add(controllerId: string, subjectId: string, categories: readonly string[]): void {
    const subjects = this.#taken.get(controllerId) ?? new Map<string, Set<string>>()
    this.#taken.set(controllerId, subjects)
    const held = subjects.get(subjectId) ?? new Set<string>()
    subjects.set(subjectId, held)
    for (const category of categories) held.add(category)
  }

  /** Everything of both. */
  with(other: Loot): Loot {
    const both = new Loot()
    for (const each of [this, other])
      for (const [controllerId, subjects] of each.#taken)
        for (const [subjectId, held] of subjects) both.add(controllerId, subjectId, [...held])
    return both
  }

  count(controllerId: string): Counted {
    const subjects = this.#taken.get(controllerId)
    const categories: Record<string, { subjects: number; records: number }> = {}
    let records = 0
    for (const held of subjects?.values() ?? []) {
      records += held.size
      for (const category of held) {
        categories[category] ??= { subjects: 0, records: 0 }
        categories[category].subjects += 1
        categories[category].records += 1
      }
    }
    return { subjects: subjects?.size ?? 0, records, categories }
  }
}

export interface Counted {
  readonly subjects: number
  readonly records: number
  readonly categories: Readonly<
    Record<string, { readonly subjects: number; readonly records: number }>
  >
}

export interface Reader {
  readonly url: URL
  readonly ca: string | undefined
  readonly token: string
  /** Where it connects from; another loopback address makes another source. */
  readonly localAddress: string | undefined
}

export interface Raid {
  readonly loot: Loot
  readonly firstAt: Date | undefined
  /** When the door was shut in the reader's face. */
  readonly refusedAt: Date | undefined
  readonly refusedWith: string | undefined
  readonly reads: number
}

const parallel = 4

/** Subject ids of a controller, as the application lists them. */
export async function listSubjects(
  reader: Reader,
  controllerId: string,
  most: number,
): Promise<string[]> {
  const agent = agentOf(reader)
  const ids: string[] = []
  try {
    for (let after: string | undefined; ids.length < most;) {
      const query = new URLSearchParams({
        limit: '1000',
        ...(after === undefined ? {} : { after }),
      })
      const { status, json } = await get(
        reader,
        agent,
        `/v1/controllers/${controllerId}/subjects?${query.toString()}`,
      )
      if (status !== 200) throw new Error(`listing subjects was refused with ${status}`)
      const page = json as { items: { subjectId: string }[]; next?: string }
      ids.push(...page.items.map(({ subjectId }) => subjectId))
      if (page.next === undefined) break
      after = page.next
    }
    return ids.slice(0, most)
  } finally {
    agent.destroy()
  }
}

/** Reads subjects one by one, some at a time, until done or refused. */
export async function readSubjects(
  reader: Reader,
  targets: readonly { controllerId: string; subjectId: string }[],
  pauseMs: number,
): Promise<Raid> {
  const agent = agentOf(reader)
  const loot = new Loot()
  let firstAt: Date | undefined
  let refusedAt: Date | undefined
  let refusedWith: string | undefined
  let reads = 0
  let next = 0
  const one = async () => {
    while (refusedAt === undefined && next < targets.length) {
      const { controllerId, subjectId } = targets[next]!
      next += 1
      const path = `/v1/controllers/${controllerId}/subjects/${subjectId}`
      firstAt ??= new Date()
      const { status, json } = await get(reader, agent, path, why)
      if (status === 200) {
        reads += 1
        const { records } = json as { records: { category: string }[] }
        loot.add(
          controllerId,
          subjectId,
          records.map(({ category }) => category),
        )
      } else if (status === 401 || status === 403) {
        refusedAt ??= new Date()
        refusedWith ??= (json as { code?: string }).code
      } else throw new Error(`a read was answered with ${status}`)
      await new Promise((go) => setTimeout(go, pauseMs))
    }
  }
  try {
    await Promise.all(Array.from({ length: parallel }, one))
  } finally {
    agent.destroy()
  }
  return { loot, firstAt, refusedAt, refusedWith, reads }
}

/** The same targets in another order: whoever steals does not read in the order things were stored. */
export function shuffled<T>(items: readonly T[], seed: number): T[] {
  const roll = dice(seed)
  const copy = [...items]
  for (let i = copy.length - 1; i > 0; i -= 1) {
    const j = Math.floor(roll() * (i + 1))
    ;[copy[i], copy[j]] = [copy[j]!, copy[i]!]
  }
  return copy
}

const agentOf = ({ localAddress, ca }: Reader) =>
  new Agent({
    keepAlive: true,
    maxSockets: parallel,
    minVersion: 'TLSv1.3',
    ...(ca === undefined ? {} : { ca }),
    ...(localAddress === undefined ? {} : { localAddress }),
  })

function get(
  { url, token }: Reader,
  agent: Agent,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ status: number; json: unknown }> {
  return new Promise((resolve, reject) => {
    const call = request(
      {
        // By address: "localhost" may be ::1, and a source address must be of the same family.
        host: '127.0.0.1',
        servername: 'localhost',
        port: url.port,
        path,
        agent,
        headers: { ...headers, authorization: `Bearer ${token}` },
      },
      (answer) => {
        const pieces: Buffer[] = []
        answer.on('data', (piece: Buffer) => pieces.push(piece))
        answer.on('error', reject)
        answer.on('end', () => {
          const text = Buffer.concat(pieces).toString('utf8')
          resolve({ status: answer.statusCode ?? 0, json: parsed(text) })
        })
      },
    )
    call.on('error', reject)
    call.end()
  })
}

/** An answer that is no JSON has no members; its status says what it is. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}
