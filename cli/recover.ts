import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { LockHeld, takeLock } from '#ground'
import { recoverKeyring } from '#keys'
import { Refusal } from '#kernel'
import { CliError } from './connect.ts'
import { needed, onlyThese } from './flags.ts'
import type { Verb } from './verbs.ts'

export const recover: Verb = {
  words: 'keys recover',
  usage: '--shares FILE --new-passphrase-file FILE',
  about: 'Set a new passphrase of the root key with three of its five recovery shares. House down.',
  more: `
  --shares FILE                three recovery shares, one a line
  --new-passphrase-file FILE   the new passphrase; it is written where the next start looks for it
`,
  async run(_args, flags, globals) {
    onlyThese(flags, ['shares', 'new-passphrase-file'])
    const read = (name: string) =>
      readFileSync(resolve(globals.cwd, needed(flags, name, 'FILE')), 'utf8')
    const shares = read('shares')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '')
    const dataDir = globals.env['HOLDFAST_DATA'] ?? join(globals.cwd, 'var')
    const passphraseFile = globals.env['HOLDFAST_PASSPHRASE_FILE']
    const options = { dir: join(dataDir, 'keys'), passphraseFile }
    const passphrase = read('new-passphrase-file').trim()
    // A house that runs would write its root again as the passphrase of before has it.
    const lock = await takeLock(join(dataDir, 'supervisor.lock')).catch((error: unknown) => {
      if (error instanceof LockHeld)
        throw new CliError('stop the house first; it runs on these keys')
      throw error
    })
    try {
      await recoverKeyring(options, shares, passphrase)
    } catch (error) {
      if (error instanceof Refusal) throw new CliError(`${error.message} (${error.code})`)
      throw error
    } finally {
      lock.release()
    }
    process.stdout.write(
      'The passphrase is set, and keeps the root key now: start the house, without HOLDFAST_KEEPER_FILE.\n',
    )
    return 0
  },
}
