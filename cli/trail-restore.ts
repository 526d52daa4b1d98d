import { createInterface } from 'node:readline/promises'
import { type Client, clientOf } from './client.ts'
import { connectionFor } from './connect.ts'
import { needed, onlyThese } from './flags.ts'
import { printAnswer } from './print.ts'
import type { Globals, Verb } from './verbs.ts'

const teaching = `
After a restore the database is older than what was signed. Signed on, it would give one tree two
histories, which nobody could tell from tampering. So nothing is placed or signed; entries are
written and wait. \`holdfast trail log list\` shows it, with the reason. There are two ways on:

  holdfast trail refill     brings back what was copied outside (HOLDFAST_OFFSITE, or the object
                            store). Nothing is lost but what was written in the last seconds.
  holdfast trail succeed    gives up what is missing. The logs go on under another name, in the
                            same trees, and each states what it has lost.

Try refill first. It changes nothing that it cannot prove, and may be run again.
`

interface Refilled {
  readonly entries: number
  readonly checkpoints: number
}

export const refillTrail: Verb = {
  words: 'trail refill',
  usage: '',
  about: 'Bring back, from the copies outside, what a restored database misses of the trail.',
  more: `${teaching}
Every entry is put back in its own place and held against its leaf; every checkpoint against its tree.
The end is compared with everything that is known to have been signed. Then the trail goes on.
Exit code 1 and a sentence when the copies are not sound, or do not reach that far.
`,
  async run(_args, flags, globals) {
    onlyThese(flags, [])
    const answer = await clientOf(connectionFor(globals)).call<Refilled>(
      'POST',
      '/v1/trail/refill',
      { json: {} },
    )
    printAnswer(answer, { json: globals.json, out: process.stdout })
    return 0
  },
}

interface LogList {
  readonly items: readonly {
    readonly log: string
    readonly size: number
    readonly origin?: string
  }[]
  readonly signing: { readonly because?: string }
}

export const succeedTrail: Verb = {
  words: 'trail succeed',
  usage: '--reason TEXT [--confirm NAME]',
  about: 'Give up what was signed and is missing: the logs go on under another name and say so.',
  more: `${teaching}
--reason     why it cannot be brought back; it stands sealed in the entry
--confirm    the name that the root log gives up, typed out; asked for on a terminal

There is no way back: receipts and proofs of what is given up hold against the old name alone, and
whoever has them can show that something is missing. Witnesses and customers need the new keys.
`,
  async run(_args, flags, globals) {
    onlyThese(flags, ['reason', 'confirm'])
    const client = clientOf(connectionFor(globals))
    const reason = needed(flags, 'reason', 'TEXT')
    const confirm = flags.get('confirm') ?? (await typed(client, globals))
    const answer = await client.call('POST', '/v1/trail/succeed', { json: { confirm, reason } })
    printAnswer(answer, { json: globals.json, out: process.stdout })
    return 0
  },
}

/** Shows what is at stake, and asks for the name. */
async function typed(client: Client, { json }: Globals): Promise<string> {
  if (json || !process.stdin.isTTY)
    throw new RangeError(
      'this needs --confirm NAME: the name that the root log gives up, its origin in: holdfast trail log list',
    )
  const { items, signing } = await client.call<LogList>('GET', '/v1/trail/logs')
  const root = items.find(({ log }) => log === 'root')
  const err = process.stderr
  err.write(`${signing.because ?? 'Nothing is stopped.'}\n\n`)
  for (const { log, size } of items) err.write(`  ${log}: ${size} leaves are left\n`)
  err.write(
    `\nWhat was signed beyond these is given up under the name\n\n  ${root?.origin ?? ''}\n\n`,
  )
  const ask = createInterface({ input: process.stdin, output: err })
  try {
    return (await ask.question('Type that name to go on: ')).trim()
  } finally {
    ask.close()
  }
}
