import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { openDoor, tlsOptions } from '#gate'
import { appRole, Database, newId } from '#ground'
import { identifyWith, may } from '#identity'
import { Act, Receipt, Refusal, type Route, Sealed, type Secrets, type World } from '#kernel'
import { AccountTally } from '#trail'
import { buildServer } from '../../src/server.ts'
import type { Threshold } from '../../src/threshold.ts'
import { subjectAnswer } from '../../src/vault/answers.ts'
import { activeController } from '../../src/vault/controllers/acts.ts'
import type { FieldValue } from '../../src/vault/fields/field-value.ts'
import { mask } from '../../src/vault/fields/mask.ts'
import { sightOf } from '../../src/vault/records/access.ts'
import { demandReadable } from '../../src/vault/records/read-acts.ts'
import { liveRecords } from '../../src/vault/records/store.ts'
import { routes } from '../../src/vault/routes.ts'
import { subjectsById } from '../../src/vault/subjects/store.ts'
import { wideLimits } from '../../test/house.ts'
import type { SameOrder } from './clients.ts'

// The same read without trail and crypto, and with everything else: the house's own door, server,
// route, permissions and contract over the same tables, by the same credential. No entry is made, no receipt
// signed, no key read and nothing deciphered; what a ciphertext would have opened to lies in memory.

const [{ url, cert, key, controllerId, publicUrl, opened }] = (await once(process, 'message')) as [
  SameOrder,
]
const plaintext = new Map(opened.map(([subjectId, text]) => [subjectId, Buffer.from(text)]))
const database = new Database({ url, role: appRole })
const identify = identifyWith(database)
const none = {} as Secrets

/** Permission and a deed that reads, as the threshold does them; nothing is told. */
const perform: Threshold['perform'] = async ({ actor, source, ...crossing }, deed) => {
  const now = new Date()
  const decision = may(actor, { ...crossing, actor } as never)
  if (!decision.allowed) throw new Refusal(decision.code, 403, decision.message)
  const { grantId } = decision
  const value = await database.reading({ scope: controllerId }, (sql) =>
    deed(new Act({ ...crossing, actor, source, now, sql, secrets: none, may, grantId })),
  )
  const receipt = new Receipt(newId(), controllerId, Buffer.alloc(0), now)
  return { value: value instanceof Sealed ? await value.open(receipt) : value, receipt }
}

const path = '/v1/controllers/:controllerId/subjects/:subjectId'
const own = routes.find((one) => one.method === 'GET' && one.url === path)!
const route = {
  ...own,
  async handle(act: Act, { params: { subjectId } }: { params: { subjectId: string } }) {
    const [controller, subjects] = await Promise.all([
      activeController(act),
      subjectsById(act.sql, controllerId, [subjectId]),
    ])
    const { categories, revealed } = sightOf(act, controller)
    demandReadable(act, controller, subjects, 1)
    const bits = categories.map(({ bit }) => bit)
    const records = await liveRecords(act.sql, controllerId, [subjectId], bits, act.now)
    const { ordinal, restricted } = subjects[0]!
    const open = () => {
      const values = JSON.parse(plaintext.get(subjectId)!.toString()) as Record<string, FieldValue>
      return records.map(({ category, version, storedAt, eraseAfter }) => {
        const { name, fields } = categories.find(({ bit }) => bit === category)!
        const isRevealed = revealed.has(category)
        const shown = fields
          .filter((field) => Object.hasOwn(values, field.name))
          .map((field) => {
            const value = values[field.name]!
            return [field.name, isRevealed ? value : mask(field, value)] as const
          })
        const facts = { version, storedAt, eraseAfter, masked: !isRevealed }
        return { category: name, ...facts, fields: Object.fromEntries(shown) }
      })
    }
    return new Sealed(() =>
      subjectAnswer({ subjectId, ordinal, subjectKey: '•••', restricted, records: open() }),
    )
  },
} as unknown as Route

const settings = { publicUrl } as World['settings']
const world = { settings, now: () => new Date() } as World
const certificates = { cert, key, ca: cert, notAfter: new Date(), own: true }
const app = buildServer({
  routes: [route],
  threshold: { perform, hasTold: () => true } as unknown as Threshold,
  may,
  world,
  identify: ({ raw: { headers, socket } }) =>
    identify(
      {
        authorization: headers.authorization,
        cookie: headers.cookie,
        address: socket.remoteAddress,
        environment: 'production',
        certificate: undefined,
      },
      new Date(),
    ),
  rightsNow: async (actor) => actor,
  // Faster than a single workload may come to the house.
  door: openDoor({ limits: wideLimits }),
  signed: async () => '',
  answered: new AccountTally(),
  onFault: (error) => console.error(error),
  options: { https: tlsOptions(certificates) } as never,
})
await app.listen({ host: '127.0.0.1', port: 0 })
process.send!({ port: (app.server.address() as AddressInfo).port })
process.on('disconnect', () => process.exit(0))
