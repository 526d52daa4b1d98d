import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { createWorkload, grantRole, issueCredential } from '#identity'
import { type Controller, createController, putRecords } from '#vault'
import { plantCanaries } from '#watch'
import type { TestHouse } from './house.ts'

/** A controller with people in it, each with two records, and canaries behind them. */
export async function seededController(
  house: TestHouse,
  name: string,
  {
    people,
    canaries = 5,
    synthetic = true,
  }: { people: number; canaries?: number; synthetic?: boolean },
): Promise<Controller> {
  const controller = await house.act({ action: 'vault.controller.create' }, (act) =>
    createController(act, {
      name,
      categories: [
        { name: 'contact', fields: [{ name: 'email', kind: 'email' }], retainDays: 90 },
        {
          name: 'health',
          fields: [{ name: 'diagnosis', kind: 'text', special: true }],
          retainDays: 90,
        },
      ],
      purposes: [{ name: 'care', categories: ['contact', 'health'] }],
      noticeHours: 36,
      subjectKinds: ['patients'],
      breachContacts: [
        { name: 'Olive Officer', email: `olive@${name.toLowerCase()}.example` },
        { name: 'Otto Officer', email: `otto@${name.toLowerCase()}.example` },
      ],
      synthetic,
    }),
  )
  const ask = {
    scope: { controllerId: controller.controllerId },
    purpose: 'care',
    reason: 'set-up',
  }
  const rows = Array.from({ length: people }, (_, i) => [
    { subjectKey: `${name} ${i}`, category: 'contact', fields: { email: `p${i}@example.com` } },
    { subjectKey: `${name} ${i}`, category: 'health', fields: { diagnosis: `d${i}` } },
  ]).flat()
  await house.act({ action: 'vault.record.put', ...ask }, (act) => putRecords(act, rows))
  if (canaries > 0)
    await house.act({ action: 'watch.canary.plant', ...ask }, (act) => plantCanaries(act, canaries))
  return controller
}

/** A workload that may read the controllers, and a credential of it. */
export async function readerOf(
  house: TestHouse,
  name: string,
  controllers: readonly Controller[],
): Promise<{ workloadId: string; token: string; credentialId: string }> {
  return house.act({ action: 'identity.workload.create' }, async (act) => {
    const { workloadId } = await createWorkload(act, { name })
    await grantRole(act, {
      actorId: workloadId,
      role: 'support',
      controllers: controllers.map(({ controllerId }) => controllerId),
      categories: null,
      purposes: null,
      expiresAt: null,
    })
    const expiresAt = new Date(act.now.getTime() + 3_600_000)
    return { workloadId, ...(await issueCredential(act, workloadId, { label: 'one', expiresAt })) }
  })
}

/** Reads one subject with a credential; its status tells whether it was let. */
export const readSubject = async (
  house: TestHouse,
  token: string,
  { controllerId }: Controller,
  subjectId: string,
): Promise<number> =>
  (
    await house.request(`/v1/controllers/${controllerId}/subjects/${subjectId}`, {
      token,
      headers: { 'holdfast-purpose': 'care', 'holdfast-reason': 'invoice run' },
    })
  ).status

/** Ids of all subjects of a controller by ordinal, canaries last: nobody can tell them apart. */
export const subjectIdsOf = async (house: TestHouse, { controllerId }: Controller) =>
  (
    await house.owner.rows<{ id: string }>({
      text: 'select subject_id as id from vault.subject where controller_id = $1 order by ordinal',
      values: [controllerId],
    })
  ).map(({ id }) => id)

/** Looks until there is something to see; faults of the house are told when there never is. */
export async function until<T>(
  house: TestHouse,
  what: string,
  look: () => Promise<T | undefined>,
): Promise<T> {
  for (let tries = 0; tries < 600; tries += 1) {
    const seen = await look()
    if (seen !== undefined) return seen
    await sleep(100)
  }
  const faults = house.faults.map(({ about, error }) => `${about}: ${String(error)}`)
  throw new Error(`waited in vain for ${what}\n${faults.join('\n')}`)
}

/** A mail server of the plainest kind (RFC 5321) that refuses the recipients it is told to. */
export async function mailServer(): Promise<{
  readonly server: Server
  readonly url: string
  readonly messages: string[]
  readonly refuse: Set<string>
}> {
  const messages: string[] = []
  const refuse = new Set<string>()
  const server = createServer((socket) => {
    let message: string | undefined
    socket.write('220 test\r\n')
    socket.on('error', () => {})
    socket.on('data', (piece: Buffer) => {
      const line = piece.toString()
      if (message !== undefined) {
        message += line
        if (!message.endsWith('\r\n.\r\n')) return
        messages.push(message)
        message = undefined
        socket.write('250 2.0.0 kept\r\n')
        return
      }
      const verb = line.slice(0, 4).toUpperCase()
      if (verb === 'DATA') message = ''
      const refused = verb === 'RCPT' && [...refuse].some((address) => line.includes(address))
      const answers: Record<string, string> = { DATA: '354 go on', QUIT: '221 bye' }
      socket.write(`${refused ? '550 5.1.1 nobody of that name' : (answers[verb] ?? '250 ok')}\r\n`)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { server, url: `smtp://127.0.0.1:${port}`, messages, refuse }
}
