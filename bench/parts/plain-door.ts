import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import Fastify from 'fastify'
import { tlsOptions } from '#gate'
import { appRole, Database } from '#ground'
import { identifyWith } from '#identity'
import { liveRecords } from '../../src/vault/records/store.ts'
import { subjectsById } from '../../src/vault/subjects/store.ts'
import type { PlainOrder } from './clients.ts'

// The same read without trail and crypto: TLS, the credential looked up, subject and record read as
// the house reads them, and the record sent as it lies in the table. No purpose, no permission, no
// key, no entry, no receipt.

const contactBit = 0

const [{ url, cert, key, controllerId }] = (await once(process, 'message')) as [PlainOrder]
const database = new Database({ url, role: appRole })
const identify = identifyWith(database)
const certificates = { cert, key, ca: cert, notAfter: new Date(), own: true }
const app = Fastify({ https: tlsOptions(certificates) } as never)
app.get<{ Params: { subjectId: string } }>(
  '/v1/controllers/:controllerId/subjects/:subjectId',
  async ({ params: { subjectId }, headers, raw }) => {
    const now = new Date()
    const shown = { authorization: headers.authorization, address: raw.socket.remoteAddress }
    const { id } = await identify(shown, now)
    return database.reading({ scope: controllerId }, async (sql) => {
      const [[subject], records] = await Promise.all([
        subjectsById(sql, controllerId, [subjectId]),
        liveRecords(sql, controllerId, [subjectId], [contactBit], now),
      ])
      return {
        id,
        subjectId: subject?.subjectId,
        ordinal: subject?.ordinal,
        records: records.map(({ sealed, ...record }) => ({
          ...record,
          sealed: sealed.toString('base64'),
        })),
      }
    })
  },
)
await app.listen({ host: '127.0.0.1', port: 0 })
process.send!({ port: (app.server.address() as AddressInfo).port })
process.on('disconnect', () => process.exit(0))
