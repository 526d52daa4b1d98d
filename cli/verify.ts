import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { clientOf } from './client.ts'
import { connectionFor } from './connect.ts'
import { onlyThese } from './flags.ts'
import { printAnswer } from './print.ts'
import { type Progress, showProgress } from './progress.ts'
import type { Verb } from './verbs.ts'

interface Report {
  readonly sound: boolean
  readonly entries: number
  readonly faults: readonly {
    log: string
    index: number | null
    entryId: string | null
    fault: string
  }[]
  readonly claim: { readonly word: string }
}

export const verify: Verb = {
  words: 'trail verify',
  usage: '[--sealed]',
  about: 'Recompute the whole trail: entries, trees, tiles, checkpoints; name the first bad entry.',
  more: `
--sealed  leave payloads sealed: faster, and whether they are what their leaves commit to is not looked at
`,
  async run(_args, flags, globals) {
    onlyThese(flags, ['sealed'])
    const client = clientOf(connectionFor(globals))
    const progress = showProgress('verify', process.stderr)
    const { stream } = await client.stream(
      'POST',
      `/v1/trail/verify${flags.has('sealed') ? '?open=false' : ''}`,
      {
        json: {},
        headers: { accept: 'application/x-ndjson' },
      },
    )
    const report = await reportOf<Report>(stream, progress)
    progress.finish(`${report.entries.toLocaleString('en')} entries`)
    printAnswer(report, { json: globals.json, out: process.stdout })
    const first = report.faults[0]
    if (first === undefined) return 0
    process.stderr.write(
      `NOT sound: ${first.log} index ${first.index ?? '–'} entry ${first.entryId ?? '–'}: ${first.fault}\n`,
    )
    return 1
  },
}

interface RecordReport {
  readonly records: number
  readonly discrepancies: readonly {
    readonly record: number
    readonly subject: number
    readonly kind: string
    readonly told: number
    readonly found: number
  }[]
}

export const verifyVault: Verb = {
  words: 'vault verify',
  usage: '<controllerId>',
  about: 'Hold every record of a controller against what the trail says became of it.',
  more: `
Names each record that went back to an earlier version, came back, moved or vanished without an entry; its
subject is then restricted. What the trail says is believed: holdfast trail verify looks after that.
`,
  async run([controllerId, ...more], flags, globals) {
    onlyThese(flags, [])
    if (controllerId === undefined || more.length > 0)
      throw new RangeError('this takes one argument: a controller’s id')
    const client = clientOf(connectionFor(globals))
    const progress = showProgress('verify', process.stderr)
    const { stream } = await client.stream(
      'POST',
      `/v1/controllers/${encodeURIComponent(controllerId)}/records/verify`,
      { json: {}, headers: { accept: 'application/x-ndjson' } },
    )
    const report = await reportOf<RecordReport>(stream, progress)
    progress.finish(`${report.records.toLocaleString('en')} records`)
    printAnswer(report, { json: globals.json, out: process.stdout })
    const first = report.discrepancies[0]
    if (first === undefined) return 0
    process.stderr.write(
      `NOT sound: record ${first.record} of subject ${first.subject} is ${first.kind}: version ${first.found}, and its entries come to ${first.told}\n`,
    )
    return 1
  },
}

/** Shows the progress that is told line by line. @returns the report at its end. */
async function reportOf<R>(stream: Readable, progress: Progress): Promise<R> {
  let report: R | undefined
  for await (const line of createInterface({ input: stream })) {
    if (line.trim() === '') continue
    const told = JSON.parse(line) as { checked?: number; of?: number; report?: R }
    if (told.report !== undefined) report = told.report
    else if ('sound' in told) report = told as R
    else progress.update(told.checked ?? 0, told.of)
  }
  if (report === undefined) throw new Error('the verification ended without a report')
  return report
}
