import { createReadStream, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { Transform } from 'node:stream'
import { clientOf } from './client.ts'
import { connectionFor } from './connect.ts'
import { needed, onlyThese } from './flags.ts'
import { printAnswer } from './print.ts'
import { showProgress } from './progress.ts'
import type { Verb } from './verbs.ts'

interface Report {
  readonly state: string
  readonly rowsRead: number
  readonly rowsStored: number
  readonly rowsRejected: number
}

export const importFile: Verb = {
  words: 'import',
  usage: '<controllerId> <file> --mapping JSON --purpose TEXT --reason TEXT [--check]',
  about:
    'Import CSV or NDJSON of any size, with progress; rows that do not fit are told one by one.',
  more: `
  --mapping JSON   {"subjectKey": "customer_no", "category": "contact", "fields": {"email": "e_mail"}}
  --check          read everything, store nothing
`,
  async run(args, flags, globals) {
    onlyThese(flags, ['mapping', 'purpose', 'reason', 'check'])
    const [controllerId, name] = args
    if (controllerId === undefined || name === undefined || args.length > 2)
      throw new RangeError('this takes <controllerId> <file>')
    const query = new URLSearchParams({ mapping: needed(flags, 'mapping', 'JSON') })
    if (flags.has('check')) query.set('check', 'true')
    const file = resolve(globals.cwd, name)
    const { size } = statSync(file)
    const progress = showProgress('import', process.stderr)
    let sent = 0
    const counted = new Transform({
      transform(piece: Buffer, _encoding, done) {
        sent += piece.length
        progress.update(sent, size)
        done(null, piece)
      },
    })
    const type = /\.(?:ndjson|jsonl)$/i.test(file) ? 'application/x-ndjson' : 'text/csv'
    const report = await clientOf(connectionFor(globals)).call<Report>(
      'POST',
      `/v1/controllers/${encodeURIComponent(controllerId)}/imports?${query.toString()}`,
      {
        stream: { type, body: createReadStream(file).pipe(counted) },
        headers: {
          'content-length': String(size),
          'holdfast-purpose': needed(flags, 'purpose', 'TEXT'),
          'holdfast-reason': needed(flags, 'reason', 'TEXT'),
        },
      },
    )
    progress.finish(
      `${report.rowsStored} of ${report.rowsRead} rows, ${report.rowsRejected} rejected`,
    )
    printAnswer(report, { json: globals.json, out: process.stdout })
    return report.state === 'finished' && report.rowsRejected === 0 ? 0 : 1
  },
}
