import { createWriteStream, existsSync, renameSync, rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { clientOf } from './client.ts'
import { CliError, connectionFor } from './connect.ts'
import { needed, onlyThese } from './flags.ts'
import { showProgress } from './progress.ts'
import { filterFlags, filterHelp, filterIn } from './trail-filter.ts'
import type { Verb } from './verbs.ts'

const extensions = { csv: '.csv', ndjson: '.ndjson', ocsf: '.ocsf.ndjson' } as const
const lineFeed = 10

export const exportTrail: Verb = {
  words: 'trail export',
  usage: '[file] --reason TEXT [--format csv|ndjson|ocsf] [--action PATTERN] …',
  about: 'Export what a search of the trail finds into a file (- for standard output).',
  more: filterHelp,
  async run(args, flags, globals) {
    onlyThese(flags, [...filterFlags, 'format', 'reason'])
    if (args.length > 1) throw new RangeError('this takes one file')
    const format = flags.get('format') ?? 'ndjson'
    if (!(format in extensions)) throw new RangeError('--format: csv, ndjson or ocsf is wanted')
    const reason = needed(flags, 'reason', 'TEXT')
    const name = args[0] ?? `trail${extensions[format as keyof typeof extensions]}`
    const query = filterIn(flags)
    query.set('format', format)
    const file = name === '-' ? undefined : resolve(globals.cwd, name)
    if (file !== undefined && existsSync(file)) throw new CliError(`${name} is there already`)
    const client = clientOf(connectionFor(globals))
    const { stream } = await client.stream('GET', `/v1/trail/export?${query.toString()}`, {
      headers: { 'holdfast-reason': Buffer.from(reason).toString('latin1') },
    })
    const progress = showProgress('export', process.stderr)
    let [lines, bytes] = [0, 0]
    const counted = new Transform({
      transform(piece: Buffer, _encoding, done) {
        bytes += piece.length
        for (const byte of piece) if (byte === lineFeed) lines += 1
        progress.update(lines, undefined, `lines, ${megabytes(bytes)}`)
        done(null, piece)
      },
    })
    if (file === undefined) await pipeline(stream, counted, process.stdout, { end: false })
    else await intoFile(file, stream, counted)
    const entries = format === 'csv' ? Math.max(0, lines - 1) : lines
    progress.finish(`${entries.toLocaleString('en')} entries, ${megabytes(bytes)}`)
    return 0
  },
}

/** Under another name until it is whole: a torso must not pass for an export. */
async function intoFile(
  file: string,
  stream: NodeJS.ReadableStream,
  counted: Transform,
): Promise<void> {
  const draft = `${file}.part`
  const stop = new AbortController()
  const onStop = () => stop.abort()
  process.once('SIGINT', onStop)
  try {
    await pipeline(stream, counted, createWriteStream(draft, { mode: 0o600 }), {
      signal: stop.signal,
    })
    renameSync(draft, file)
  } catch (error) {
    rmSync(draft, { force: true })
    if (stop.signal.aborted) throw new CliError('stopped; nothing was kept')
    throw error
  } finally {
    process.off('SIGINT', onStop)
  }
}

const megabytes = (bytes: number) => `${(bytes / 1_000_000).toFixed(1)} MB`
