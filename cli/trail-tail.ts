import type { Readable } from 'node:stream'
import { styleText } from 'node:util'
import { clientOf } from './client.ts'
import { connectionFor } from './connect.ts'
import { onlyThese } from './flags.ts'
import { filterFlags, filterHelp, filterIn } from './trail-filter.ts'
import type { Verb } from './verbs.ts'

interface Entry {
  readonly at: string
  readonly actorKind: string
  readonly actorId: string
  readonly action: string
  readonly outcome: string
  readonly code?: string
  readonly purpose?: string
  readonly subjects: number
  readonly records: number
  readonly event?: { readonly actor: { readonly user: { readonly name: string } } }
}

/** One server-sent event (WHATWG HTML §9.2). */
export interface ServerEvent {
  readonly name: string
  readonly data: string
}

export const tailTrail: Verb = {
  words: 'trail tail',
  usage: '[--kinds person,workload] [--action PATTERN] …',
  about: 'Follow the trail: new entries as they come, until Ctrl-C.',
  more: filterHelp,
  async run(_args, flags, globals) {
    onlyThese(flags, filterFlags)
    const client = clientOf(connectionFor(globals))
    const { stream } = await client.stream('GET', `/v1/trail/tail?${filterIn(flags).toString()}`, {
      headers: { accept: 'text/event-stream' },
    })
    let isStopped = false
    const stop = () => {
      isStopped = true
      stream.destroy()
    }
    process.once('SIGINT', stop).once('SIGTERM', stop)
    // A pipe whose reader has had enough, `| head` say, is a way to stop as well.
    process.stdout.once('error', stop)
    try {
      return await follow(stream, globals.json)
    } catch (error) {
      if (isStopped) return 0
      throw error
    } finally {
      process.off('SIGINT', stop).off('SIGTERM', stop)
    }
  },
}

async function follow(stream: Readable, json: boolean): Promise<number> {
  for await (const { name, data } of eventsIn(stream)) {
    if (name === 'began' && process.stderr.isTTY)
      process.stderr.write(styleText('dim', 'following; Ctrl-C ends it\n'))
    if (name === 'entry')
      process.stdout.write(json ? `${data}\n` : lineOf(JSON.parse(data) as Entry))
    if (name === 'end') {
      const { message } = JSON.parse(data) as { message: string }
      process.stderr.write(`holdfast: ${message}\n`)
      return 1
    }
  }
  process.stderr.write('holdfast: the house has closed the connection\n')
  return 1
}

/** The events of a stream, as they come. */
export async function* eventsIn(pieces: AsyncIterable<unknown>): AsyncGenerator<ServerEvent> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const piece of pieces) {
    const blocks = (rest + decoder.decode(piece as Uint8Array, { stream: true })).split('\n\n')
    rest = blocks.pop()!
    for (const block of blocks) {
      const fields = block.split('\n').map((line) => [line.split(':', 1)[0]!, valueIn(line)])
      const { event = 'message', data } = Object.fromEntries(fields) as Record<string, string>
      if (data !== undefined) yield { name: event, data }
    }
  }
}

const valueIn = (line: string) => line.slice(line.indexOf(':') + 1).replace(/^ /, '')

const colours = { done: 'green', refused: 'yellow', failed: 'red' } as const

/** `12:00:01  Ada Example  vault.record.read  done  care  2 records of 1 subject` */
function lineOf(entry: Entry): string {
  const { at, actorKind, actorId, action, outcome, code, purpose, subjects, records } = entry
  const who = entry.event?.actor.user.name ?? (actorKind === actorId ? actorKind : actorId)
  const colour = colours[outcome as keyof typeof colours] ?? 'white'
  const touched = records === 0 ? '' : `${records} records of ${subjects} subjects`
  const parts = [
    styleText('dim', at.slice(0, 19).replace('T', ' '), { stream: process.stdout }),
    who.padEnd(24),
    action.padEnd(30),
    styleText(colour, code === undefined ? outcome : `${outcome} (${code})`, {
      stream: process.stdout,
    }),
    purpose ?? '',
    touched,
  ]
  return `${parts.filter((text) => text !== '').join('  ')}\n`
}
