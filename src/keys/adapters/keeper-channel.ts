/**
 * A keeper at the other end of a private channel: one JSON object a line, each way.
 *
 *     → { id, call: 'open' | 'wrap' | 'unwrap' | 'rotate' | 'destroyBefore' | 'close',
 *         context?, key?, version?, wrapped? }
 *     ← { id, done: … } or { id, refused: { code, message } } or { id, fault }
 *
 * Bytes are base64. The channel is a socket pair between two processes of one account: it has no name
 * that anybody else could open. What stands on it is a key, so nothing of it is ever logged.
 */
import { createInterface } from 'node:readline'
import type { Duplex } from 'node:stream'
import { Refusal } from '#kernel'
import type { Keeper, Powers, ProviderKind, Wrapped } from '../keeper.ts'
import { keeperUnreachable } from '../refusals.ts'

const timeoutMs = 5_000

type Call = 'open' | 'wrap' | 'unwrap' | 'rotate' | 'destroyBefore' | 'close'

interface Asked {
  readonly id: number
  readonly call: Call
  readonly context?: readonly string[]
  readonly key?: string
  readonly version?: string
  readonly wrapped?: string
}

interface Facts {
  readonly kind: ProviderKind
  readonly powers: Powers
  readonly sentence: string
  readonly apartFromData: boolean
}

interface Answered {
  readonly id: number
  readonly done?: unknown
  readonly refused?: { readonly code: string; readonly message: string }
  readonly fault?: boolean
}

const channels = new WeakMap<Duplex, Channel>()

class Channel {
  readonly #stream: Duplex
  readonly #waiting = new Map<number, (answer: Answered) => void>()
  #next = 1
  #closed = false

  constructor(stream: Duplex) {
    this.#stream = stream
    createInterface({ input: stream }).on('line', (line) => {
      const answer = JSON.parse(line) as Answered
      this.#waiting.get(answer.id)?.(answer)
    })
    const end = () => {
      this.#closed = true
      for (const [id, answer] of this.#waiting)
        answer({ id, refused: { code: 'keys.keeper-unreachable', message: '' } })
    }
    stream.on('error', end).on('close', end).on('end', end)
  }

  async ask(question: Omit<Asked, 'id'>): Promise<unknown> {
    if (this.#closed) throw keeperUnreachable('the key process is gone')
    const id = this.#next++
    const { promise, resolve } = Promise.withResolvers<Answered>()
    this.#waiting.set(id, resolve)
    const late = setTimeout(() => resolve({ id, fault: true }), timeoutMs)
    late.unref()
    this.#stream.write(`${JSON.stringify({ id, ...question })}\n`)
    const answer = await promise
    clearTimeout(late)
    this.#waiting.delete(id)
    if (answer.refused?.code === 'keys.keeper-unreachable')
      throw keeperUnreachable(answer.refused.message || 'the key process is gone')
    if (answer.refused !== undefined)
      throw new Refusal(answer.refused.code, 503, answer.refused.message)
    if (answer.fault === true) throw keeperUnreachable('the key process does not answer')
    return answer.done
  }
}

/** The keeper that the key process at the other end opens; it alone knows which. */
export async function openChannelKeeper(stream: Duplex): Promise<Keeper> {
  const channel = channels.get(stream) ?? new Channel(stream)
  channels.set(stream, channel)
  const facts = (await channel.ask({ call: 'open' })) as Facts
  // A key process that was started anew has to open its token first.
  const ask = async (question: Omit<Asked, 'id'>) => {
    try {
      return await channel.ask(question)
    } catch (error) {
      if (!(error instanceof Refusal && error.code === 'keys.keeper-unreachable')) throw error
      await channel.ask({ call: 'open' })
      return channel.ask(question)
    }
  }
  return {
    ...facts,
    async wrap(context, key) {
      const text = Buffer.from(key).toString('base64')
      return wrappedFrom(await ask({ call: 'wrap', context, key: text }))
    },
    async unwrap(context, { version, wrapped }) {
      const text = wrapped.toString('base64')
      const key = await ask({ call: 'unwrap', context, version, wrapped: text })
      return Buffer.from(String(key), 'base64')
    },
    async rotate() {
      await ask({ call: 'rotate' })
    },
    async destroyBefore(version) {
      return Number(await ask({ call: 'destroyBefore', version }))
    },
    async close() {
      await channel.ask({ call: 'close' }).catch(() => {})
    },
  }
}

/** Serves a keeper to the other end, until that goes away. */
export async function serveKeeper(stream: Duplex, open: () => Promise<Keeper>): Promise<void> {
  let keeper: Keeper | undefined
  const serve = async (asked: Asked): Promise<unknown> => {
    if (asked.call === 'open') {
      await keeper?.close()
      keeper = undefined
      keeper = await open()
      const { kind, powers, sentence, apartFromData } = keeper
      return { kind, powers, sentence, apartFromData } satisfies Facts
    }
    if (keeper === undefined) throw keeperUnreachable('the token is not open')
    return answerOf(keeper, asked)
  }
  for await (const line of createInterface({ input: stream })) {
    const asked = JSON.parse(line) as Asked
    const answer = await serve(asked).then(
      (done) => ({ id: asked.id, done }),
      (error: unknown) =>
        error instanceof Refusal
          ? { id: asked.id, refused: { code: error.code, message: plain(error) } }
          : { id: asked.id, fault: true },
    )
    stream.write(`${JSON.stringify(answer)}\n`)
  }
  await keeper?.close()
}

/** Of an unreachable keeper only how: the other end makes its own sentence of it. */
const plain = ({ code, message }: Refusal): string =>
  code === 'keys.keeper-unreachable' ? (/\((.*)\)/.exec(message)?.[1] ?? '') : message

async function answerOf(keeper: Keeper, asked: Asked): Promise<unknown> {
  const { call, context = [], key = '', version = '', wrapped = '' } = asked
  switch (call) {
    case 'wrap': {
      const made = await keeper.wrap(context, Buffer.from(key, 'base64'))
      return { version: made.version, wrapped: made.wrapped.toString('base64') }
    }
    case 'unwrap': {
      const given: Wrapped = { version, wrapped: Buffer.from(wrapped, 'base64') }
      return (await keeper.unwrap(context, given)).toString('base64')
    }
    case 'rotate':
      return keeper.rotate()
    case 'destroyBefore':
      return keeper.destroyBefore(version)
    default:
      return keeper.close()
  }
}

function wrappedFrom(done: unknown): Wrapped {
  const { version, wrapped } = done as { version: string; wrapped: string }
  return { version, wrapped: Buffer.from(wrapped, 'base64') }
}
