import { once } from 'node:events'
import { Pool } from 'undici'
import { Database } from '#ground'
import { liveRecords } from '../../src/vault/record-store.ts'
import { subjectsById } from '../../src/vault/subject-store.ts'
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

/** Reads over HTTPS, one connection kept alive per client, each read authenticated. */
function httpsClients({ port, ca, headers, clients, controllerId, audited = true }: Order) {
  const pool = new Pool(`https://localhost:${port}`, {
    connections: clients,
    pipelining: 1,
    connect: { ca: ca!, servername: 'localhost' },
  })
  const turn = async (subjectId: string) => {
    const path = `/v1/controllers/${controllerId}/subjects/${subjectId}`
    const answer = await pool.request({ method: 'GET', path, headers: headers! })
    const body = await answer.body.text()
    if (answer.statusCode !== 200 || (audited && answer.headers['holdfast-entry'] === undefined))
      throw new Error(`${answer.statusCode} ${body}`)
  }
  return { turn, end: () => pool.close() }
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
