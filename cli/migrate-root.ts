import { join, resolve } from 'node:path'
import { LockHeld, readSettings, takeLock } from '#ground'
import { Refusal } from '#kernel'
import { moveKeyring } from '#keys'
import { startKeeperProcess } from '../bin/keeper-process.ts'
import { CliError } from './connect.ts'
import { onlyThese } from './flags.ts'
import type { Verb } from './verbs.ts'

export const migrateRoot: Verb = {
  words: 'keys migrate-root',
  usage: '(--to-keeper FILE | --to-passphrase-file FILE)',
  about:
    'Move the root key to another keeper: a token, a KMS, a transit engine or a passphrase. House down.',
  more: `
  --to-keeper FILE            the keeper file of the keeper to be (src/keys/README.md shows its forms)
  --to-passphrase-file FILE   the file of the passphrase to be

The keeper of now is the one the settings name. Everything in the keyring is wrapped anew under a new
root key; what the keeper before has wrapped opens nothing of it. Recovery shares are void: make new ones.
`,
  async run(_args, flags, globals) {
    onlyThese(flags, ['to-keeper', 'to-passphrase-file'])
    const path = (name: string) => {
      const given = flags.get(name)
      return given === undefined ? undefined : resolve(globals.cwd, given)
    }
    const [toKeeper, toPassphrase] = [path('to-keeper'), path('to-passphrase-file')]
    if ((toKeeper === undefined) === (toPassphrase === undefined))
      throw new RangeError('name one keeper: --to-keeper FILE or --to-passphrase-file FILE')
    const settings = readSettings(globals.env, globals.cwd)
    const { dataDir, offsiteDir, passphraseFile, keeperFile } = settings
    const dir = join(dataDir, 'keys')
    const lock = await takeLock(join(dataDir, 'supervisor.lock')).catch((error: unknown) => {
      if (error instanceof LockHeld)
        throw new CliError('stop the house first; it runs on these keys')
      throw error
    })
    const [from, to] = [startKeeperProcess(keeperFile), startKeeperProcess(toKeeper)]
    try {
      const now = () => new Date()
      const keyring = await moveKeyring(
        { dir, offsiteDir, passphraseFile, keeperFile, keeperChannel: from?.channel, now },
        {
          dir,
          offsiteDir,
          passphraseFile: toPassphrase,
          keeperFile: toKeeper,
          keeperChannel: to?.channel,
        },
      )
      const set =
        toKeeper === undefined
          ? `HOLDFAST_PASSPHRASE_FILE=${toPassphrase}, and no HOLDFAST_KEEPER_FILE`
          : `HOLDFAST_KEEPER_FILE=${toKeeper}`
      process.stdout.write(
        `${keyring.custody().sentence}\nStart the house with ${set}; then make new recovery shares.\n`,
      )
      return 0
    } catch (error) {
      if (error instanceof Refusal) throw new CliError(`${error.message} (${error.code})`)
      throw error
    } finally {
      await from?.stop()
      await to?.stop()
      lock.release()
    }
  },
}
