import { clientOf } from './client.ts'
import { connectionFor } from './connect.ts'
import { onlyThese } from './flags.ts'
import { printAnswer } from './print.ts'
import { showProgress } from './progress.ts'
import type { Verb } from './verbs.ts'

export const backup: Verb = {
  words: 'backup',
  usage: '',
  about: 'Make a backup now: sealed, in every place, read back by its digest.',
  async run(_args, flags, globals) {
    onlyThese(flags, [])
    const client = clientOf(connectionFor(globals))
    const progress = showProgress('backup', process.stderr)
    const began = performance.now()
    const ticking = setInterval(
      () => progress.update(0, undefined, `${((performance.now() - began) / 1000).toFixed(0)} s`),
      1000,
    )
    try {
      const made = await client.call<{ bytes: number; rowCount: number; places: number }>(
        'POST',
        '/v1/backups',
      )
      progress.finish(
        `${made.rowCount.toLocaleString('en')} rows, ${(made.bytes / 1_048_576).toFixed(1)} MiB, in ${made.places} place${made.places === 1 ? '' : 's'}`,
      )
      printAnswer(made, { json: globals.json, out: process.stdout })
      return 0
    } finally {
      clearInterval(ticking)
    }
  },
}
