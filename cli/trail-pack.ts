import { createWriteStream, existsSync, renameSync, rmSync } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { clientOf } from './client.ts'
import { CliError, connectionFor } from './connect.ts'
import { onlyThese } from './flags.ts'
import { showProgress } from './progress.ts'
import type { Verb } from './verbs.ts'

export const packTrail: Verb = {
  words: 'trail pack',
  usage: '<controller-id|house> --out FILE.zip [--openings]',
  about: 'Take a log along in a zip that proves itself: entries, tree, signatures, verifier.',
  more: `
--out       where to write it; what is there already is not written over
--openings  with the payloads, which name people; only for whoever may read entries

Prove it, here or anywhere: node holdfast-verify.mjs FILE.zip --key <the log's verifier key>
`,
  async run([log, ...more], flags, globals) {
    onlyThese(flags, ['out', 'openings'])
    const out = flags.get('out')
    if (log === undefined || more.length > 0)
      throw new RangeError('this takes one argument: a controller’s id, or house')
    if (out === undefined || out === 'yes') throw new RangeError('still wanted: --out FILE.zip')
    if (existsSync(out)) throw new CliError(`${out} is there already`)
    const at = log === 'house' ? '/v1/trail' : `/v1/controllers/${encodeURIComponent(log)}/trail`
    const query = flags.has('openings') ? '?openings=true' : ''
    const { stream } = await clientOf(connectionFor(globals)).stream('GET', `${at}/pack${query}`)
    const progress = showProgress('pack', process.stderr)
    const draft = `${out}.part`
    let bytes = 0
    stream.on('data', (piece: Buffer) => progress.update((bytes += piece.length), undefined))
    try {
      // A torso must never pass for a pack.
      await pipeline(stream, createWriteStream(draft, { flags: 'wx' }))
      renameSync(draft, out)
    } catch (error) {
      rmSync(draft, { force: true })
      throw new CliError(`the pack broke off: ${(error as Error).message}`)
    }
    progress.finish(`${(bytes / 1_048_576).toFixed(1)} MiB in ${out}`)
    return 0
  },
}
