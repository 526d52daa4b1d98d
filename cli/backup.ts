import { clientOf } from './client.ts'
import { connectionFor } from './connect.ts'
import { onlyThese } from './flags.ts'
import { printAnswer } from './print.ts'
import { showProgress } from './progress.ts'
import type { Verb } from './verbs.ts'

interface Made {
  readonly bytes: number
  readonly rowCount: number
  readonly places: number
  readonly ofPlaces: number
}

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
      const made = await client.call<Made>('POST', '/v1/backups')
      const { rowCount, bytes, places, ofPlaces } = made
      progress.finish(
        `${rowCount.toLocaleString('en')} rows, ${(bytes / 1_048_576).toFixed(1)} MiB, in ${places} of ${ofPlaces} places`,
      )
      if (places < ofPlaces)
        process.stderr.write('HOLDFAST_OFFSITE names a second place: another disk, or a mount.\n')
      printAnswer(made, { json: globals.json, out: process.stdout })
      return 0
    } finally {
      clearInterval(ticking)
    }
  },
}
