import { createReadStream, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { Transform } from 'node:stream'
import { clientOf } from './client.ts'
import { connectionFor } from './connect.ts'
import { onlyThese } from './flags.ts'
import { paceOf } from './pace.ts'
import { printAnswer } from './print.ts'
import { showProgress } from './progress.ts'
import type { Verb } from './verbs.ts'

interface Answer {
  readonly imported: { readonly entries: number; readonly bytes: number } | null
}

export const importBreachList: Verb = {
  words: 'identity breach-list import',
  usage: '<file>',
  about: 'Import a list of breached passwords; new passwords are held against it, offline.',
  more: `
  <file>   the list of Have I Been Pwned, SHA-1, ordered by hash: one HASH:COUNT a line.
           The filter made of it takes 14 bits an entry, and lies in the data directory
           of the node that is asked; where there are several, import it on each.
`,
  async run(args, flags, globals) {
    onlyThese(flags, [])
    const [name] = args
    if (name === undefined || args.length > 1) throw new RangeError('this takes <file>')
    const file = resolve(globals.cwd, name)
    const { size } = statSync(file)
    const progress = showProgress('breach list', process.stderr)
    const pace = paceOf(size, () => performance.now())
    let sent = 0
    const counted = new Transform({
      transform(piece: Buffer, _encoding, done) {
        sent += piece.length
        progress.update(sent, size, pace(sent))
        done(null, piece)
      },
    })
    const source = createReadStream(file, { highWaterMark: 1 << 20 })
    source.on('error', (error) => counted.destroy(error))
    try {
      const answer = await clientOf(connectionFor(globals)).call<Answer>('PUT', '/v1/breach-list', {
        stream: { type: 'application/octet-stream', body: source.pipe(counted) },
        headers: { 'content-length': String(size) },
      })
      const { entries = 0, bytes = 0 } = answer.imported ?? {}
      progress.finish(`${entries.toLocaleString('en')} entries, ${(bytes / 1e6).toFixed(1)} MB`)
      printAnswer(answer, { json: globals.json, out: process.stdout })
      return 0
    } finally {
      source.destroy()
    }
  },
}
