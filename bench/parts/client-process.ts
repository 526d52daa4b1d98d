import { once } from 'node:events'
import { Database } from '#ground'
import { liveRecords } from '../../src/vault/records/store.ts'
import { subjectsById } from '../../src/vault/subjects/store.ts'
import { Asker } from './asker.ts'
import type { Order, Result } from './clients.ts'

/** As many as the house itself keeps. */
const connections = 16
const contactBit = 0

const [order] = (await once(process, 'message')) as [Order]
const { turn, end } = order.kind === 'https' ? httpsClients(order) : pgClients(order)
process.send!(await measure(order, turn))
await end()

async function measure(
  { clients, seconds, warmUpSeconds, subjectIds }: Order,
  turn: (subjectId: string) => Promise<void>,
): Promise<Result> {
  const from = performance.now() + warmUpSeconds * 1000
  const until = from + seconds * 1000
  const took: number[] = []
  let next = 0
  const client = async () => {
    for (let began = performance.now(); began < until;) {
      // A prime step: neighbours on the disk are not asked one after the other.
      next = (next + 7919) % subjectIds.length
      await turn(subjectIds[next]!)
      const ended = performance.now()
      if (began >= from && ended <= until) took.push(ended - began)
      began = ended
    }
  }
  await Promise.all(Array.from({ length: clients }, client))
  took.sort((a, b) => a - b)
  const at = (share: number) => took[Math.floor(took.length * share)] ?? Number.NaN
  return { perSecond: took.length / seconds, p50: at(0.5), p99: at(0.99) }
}

/**
 * Reads over HTTPS, one connection kept alive per client, each read authenticated. What a whole HTTP client
 * does beside asking and taking the answer would be measured along, on the server's own two cores: so this
 * one writes its request as it is, and reads as far as `content-length` says.
 */
function httpsClients(order: Order) {
  const { port, ca, headers, clients, controllerId, audited = true } = order
  const head = Object.entries({ host: `localhost:${port}`, ...headers })
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')
  const idle = Array.from({ length: clients }, () => new Asker(port!, ca!))
  const all = [...idle]
  const turn = async (subjectId: string) => {
    const asker = idle.pop()!
    const path = `/v1/controllers/${controllerId}/subjects/${subjectId}`
    const { status, head: answered, body } = await asker.ask(`GET ${path} HTTP/1.1\r\n${head}\r\n`)
    idle.push(asker)
    if (status !== 200 || (audited && !/^holdfast-entry: \S/im.test(answered)))
      throw new Error(`${status} ${body}`)
  }
  const end = async () => {
    for (const asker of all) asker.end()
  }
  return { turn, end }
}

/** The same two statements, in a transaction as the house opens it, and nothing else. */
function pgClients({ url, controllerId }: Order) {
  const database = new Database({ url: url!, connections })
  const turn = async (subjectId: string) => {
    const records = await database.reading({ scope: controllerId }, async (sql) => {
      const [subject] = await subjectsById(sql, controllerId, [subjectId])
      if (subject === undefined) throw new Error(`no subject ${subjectId}`)
      return liveRecords(sql, controllerId, [subjectId], [contactBit], new Date())
    })
    if (records.length !== 1) throw new Error(`${records.length} records`)
  }
  return { turn, end: () => database.end() }
}
