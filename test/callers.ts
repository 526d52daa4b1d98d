import { randomBytes } from 'node:crypto'
import { type Agent, request } from 'node:https'
import { createRole, createWorkload, grantRole, issueCredential } from '#identity'
import type { TestHouse } from './house.ts'

/** A workload with one role of its own, and a credential to show. */
export interface Caller {
  readonly workloadId: string
  readonly credentialId: string
  readonly token: string
}

export interface CallerRights {
  readonly actions: readonly string[]
  /** Undefined means all, and the house. */
  readonly controllers?: readonly string[]
  readonly categories?: readonly string[]
  readonly purposes?: readonly string[]
  readonly expiresAt?: Date
}

/** Makes a workload that may do exactly this. */
export async function callerWith(
  house: TestHouse,
  { actions, controllers, categories, purposes, expiresAt }: CallerRights,
): Promise<Caller> {
  const name = `caller-${randomBytes(6).toString('hex')}`
  return house.act({ action: 'identity.workload.create' }, async (act) => {
    const role = await createRole(act, { name, description: 'of one test', actions })
    const { workloadId } = await createWorkload(act, { name })
    await grantRole(act, {
      actorId: workloadId,
      role: role.name,
      controllers: controllers ?? null,
      categories: categories ?? null,
      purposes: purposes ?? null,
      expiresAt: null,
    })
    const until = expiresAt ?? new Date(act.now.getTime() + 86_400_000)
    const credential = await issueCredential(act, workloadId, { label: 'one', expiresAt: until })
    return { workloadId, ...credential }
  })
}

/** Where a listener is, and whom to trust for its certificate. */
export interface Listener {
  readonly port: number
  readonly ca: string
}

export interface Ask {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Text, bytes, or pieces sent as they come (chunked). */
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array>
  readonly agent?: Agent
}

export interface Heard {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

/** One request over TLS, as any HTTPS client makes it; bodies may be any bytes. */
export function ask({ port, ca }: Listener, path: string, init: Ask = {}): Promise<Heard> {
  const { method = 'GET', headers = {}, body, agent } = init
  return new Promise((resolve, reject) => {
    const sized =
      typeof body === 'string' || body instanceof Uint8Array
        ? { 'content-length': String(Buffer.byteLength(body)) }
        : {}
    const call = request(
      {
        host: '127.0.0.1',
        servername: 'localhost',
        port,
        ca,
        path,
        method,
        agent: agent ?? false,
        headers: { ...sized, ...headers },
      },
      (answer) => {
        const pieces: Buffer[] = []
        const heard = () => {
          const { statusCode: status = 0, headers: held } = answer
          resolve({ status, headers: held, body: Buffer.concat(pieces).toString('utf8') })
        }
        const isEndless = answer.headers['content-type'] === 'text/event-stream'
        answer.on('data', (piece: Buffer) => {
          pieces.push(piece)
          // Whoever listens on hears for ever; that it speaks is what was asked.
          if (isEndless) {
            heard()
            call.destroy()
          }
        })
        answer.on('error', reject)
        answer.on('end', heard)
      },
    )
    call.on('error', reject)
    if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) call.end(body)
    else void send(call, body)
  })
}

/** Writes pieces until they end, or the other side has heard enough. */
async function send(call: ReturnType<typeof request>, pieces: AsyncIterable<Uint8Array>) {
  const closed = new Promise((go) => call.once('close', go))
  for await (const piece of pieces) {
    if (call.destroyed) return
    if (!call.write(piece))
      await Promise.race([closed, new Promise((go) => call.once('drain', go))])
  }
  call.end()
}

/** Headers of a workload that says why. */
export const asCaller = (token: string, purpose = 'care', reason = 'ticket 4711') => ({
  authorization: `Bearer ${token}`,
  'holdfast-purpose': purpose,
  'holdfast-reason': reason,
})
