import { createInterface } from 'node:readline'
import { clientOf } from './client.ts'
import { connectionFor } from './connect.ts'
import { onlyThese } from './flags.ts'
import { printAnswer } from './print.ts'
import { showProgress } from './progress.ts'
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
    let report: Report | undefined
    for await (const line of createInterface({ input: stream })) {
      if (line.trim() === '') continue
      const told = JSON.parse(line) as { checked?: number; of?: number; report?: Report } & Report
      if (told.report !== undefined) report = told.report
      else if (told.sound !== undefined) report = told
      else progress.update(told.checked ?? 0, told.of)
    }
    if (report === undefined) throw new Error('the verification ended without a report')
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
