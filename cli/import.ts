import { randomUUID } from 'node:crypto'
import { accessSync, constants, createReadStream, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { Transform } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { type Client, clientOf, Refused } from './client.ts'
import { CliError, connectionFor } from './connect.ts'
import { needed, onlyThese } from './flags.ts'
import { printAnswer } from './print.ts'
import { type Progress, showProgress } from './progress.ts'
import { paceOf } from './pace.ts'
import type { Verb } from './verbs.ts'

interface Report {
  readonly state: string
  readonly rowsRead: number
  readonly rowsStored: number
  readonly rowsRejected: number
  readonly bytesRead: number
}

/** One file on its way, and how to send a part of it. */
interface Sending {
  readonly client: Client
  readonly path: string
  readonly query: URLSearchParams
  readonly file: string
  readonly size: number
  readonly headers: Readonly<Record<string, string>>
  readonly progress: Progress
}

/** Pauses before another try, in milliseconds; after the last of them we give up. */
const pauses = [500, 1_000, 2_000, 5_000, 10_000]

export const importFile: Verb = {
  words: 'import',
  usage:
    '<controllerId> <file> --mapping JSON --purpose TEXT --reason TEXT [--check] [--resume ID]',
  about:
    'Import CSV, NDJSON or an archive of any size, with progress; what breaks off goes on by itself.',
  more: `
  --mapping JSON   {"subjectKey": "customer_no", "category": "contact", "fields": {"email": "e_mail"}}
                   an archive (*.archive.json) needs none
  --check          read everything, store nothing
  --resume ID      go on with an import that was given up; its id was told then
`,
  async run(args, flags, globals) {
    onlyThese(flags, ['mapping', 'purpose', 'reason', 'check', 'resume'])
    const [controllerId, name] = args
    if (controllerId === undefined || name === undefined || args.length > 2)
      throw new RangeError('this takes <controllerId> <file>')
    const file = resolve(globals.cwd, name)
    const query = new URLSearchParams()
    const resumed = flags.has('resume') ? needed(flags, 'resume', 'ID') : undefined
    if (typeOf(file) !== archiveType && (resumed === undefined || flags.has('mapping')))
      query.set('mapping', needed(flags, 'mapping', 'JSON'))
    const sending: Sending = {
      client: clientOf(connectionFor(globals)),
      path: `/v1/controllers/${encodeURIComponent(controllerId)}/imports`,
      query,
      file,
      size: sizeOf(file),
      headers: {
        'holdfast-purpose': needed(flags, 'purpose', 'TEXT'),
        'holdfast-reason': needed(flags, 'reason', 'TEXT'),
      },
      progress: showProgress('import', process.stderr),
    }
    const report = flags.has('check')
      ? await check(sending)
      : await store(sending, resumed ?? randomUUID(), resumed !== undefined)
    sending.progress.finish(
      `${report.rowsStored} of ${report.rowsRead} rows, ${report.rowsRejected} rejected`,
    )
    printAnswer(report, { json: globals.json, out: process.stdout })
    return report.state === 'finished' && report.rowsRejected === 0 ? 0 : 1
  },
}

/** Of a file that can be read: told now, it is no broken connection that another try might mend. */
function sizeOf(file: string): number {
  accessSync(file, constants.R_OK)
  const found = statSync(file)
  if (!found.isFile()) throw new CliError(`${file}: this is no file`)
  return found.size
}

function check(sending: Sending): Promise<Report> {
  const query = new URLSearchParams([...sending.query, ['check', 'true']])
  return send(sending, 'POST', `${sending.path}?${query.toString()}`, 0)
}

/** Sends a file until the house has all of it. A broken connection costs a pause, and no row. */
async function store(sending: Sending, importId: string, resumed: boolean): Promise<Report> {
  const { path, client } = sending
  const standing = () => client.call<Report>('GET', `${path}/${importId}`)
  let offset = resumed ? (await standing()).bytesRead : 0
  for (let tries = 0; ;) {
    try {
      const query = new URLSearchParams([...sending.query, ['offset', String(offset)]])
      return await send(sending, 'PUT', `${path}/${importId}?${query.toString()}`, offset)
    } catch (error) {
      if (!mayPass(error)) throw error
      const wait = pauses[tries]
      if (wait === undefined) throw gaveUp(error, importId)
      process.stderr.write(`\n${(error as Error).message}; going on in ${wait / 1000} s\n`)
      await pause(wait)
      const reached = await standing().then(
        ({ bytesRead }) => bytesRead,
        () => offset,
      )
      // Whatever moves is not given up.
      tries = reached > offset ? 0 : tries + 1
      offset = reached
    }
  }
}

async function send(
  { file, size, headers, client, progress }: Sending,
  method: string,
  path: string,
  offset: number,
): Promise<Report> {
  const pace = paceOf(size - offset, () => performance.now())
  let sent = 0
  const counted = new Transform({
    transform(piece: Buffer, _encoding, done) {
      sent += piece.length
      progress.update(offset + sent, size, pace(sent))
      done(null, piece)
    },
  })
  const source = createReadStream(file, { start: offset })
  source.on('error', (error) => counted.destroy(error))
  const body = source.pipe(counted)
  try {
    return await client.call<Report>(method, path, {
      stream: { type: typeOf(file), body },
      headers: { ...headers, 'content-length': String(size - offset) },
    })
  } finally {
    source.destroy()
  }
}

const archiveType = 'application/vnd.holdfast.archive+json'

function typeOf(file: string): string {
  if (/\.archive\.json$/i.test(file)) return archiveType
  return /\.(?:ndjson|jsonl)$/i.test(file) ? 'application/x-ndjson' : 'text/csv'
}

/** Whether another try may help: the connection broke, the house was not up, or it was busy. */
function mayPass(error: unknown): boolean {
  if (!(error instanceof Refused)) return error instanceof CliError
  const passing = ['vault.import-interrupted', 'vault.import-offset']
  return error.status >= 500 || error.status === 429 || passing.includes(error.code)
}

function gaveUp(error: unknown, importId: string): CliError {
  const why = error instanceof Error ? error.message : String(error)
  return new CliError(`${why}\ngo on later with: --resume ${importId}`)
}
