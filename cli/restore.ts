import { resolve } from 'node:path'
import { readSettings } from '#ground'
import { Refusal } from '#kernel'
import { startKeeperProcess } from '../bin/keeper-process.ts'
import { restore, type Restored } from '../src/restore.ts'
import { CliError } from './connect.ts'
import { needed, onlyThese } from './flags.ts'
import { printAnswer } from './print.ts'
import { showProgress } from './progress.ts'
import type { Globals, Verb } from './verbs.ts'

export const restoreBackup: Verb = {
  words: 'restore',
  usage: '<backup file> --keyring DIR --to DIR [--passphrase-file FILE] [--ledger DIR]',
  about: 'Restore a backup onto an empty directory: erase again what was erased, verify the trail.',
  more: `
  --keyring DIR          a bundle under backups/keyring/, or the keys directory of the lost house
  --to DIR               the data directory to be; start it afterwards with HOLDFAST_DATA=DIR npm start
  --passphrase-file F    where the passphrase of the root key is; default <keyring>/passphrase
  HOLDFAST_OFFSITE       where copies of the trail lie: what was written after the backup is brought
                         back from there; without it the trail stays stopped (see: holdfast trail refill)
  --ledger DIR           a keys directory with a newer list of erasures, where there is one
`,
  async run(args, flags, globals) {
    onlyThese(flags, ['keyring', 'to', 'passphrase-file', 'ledger'])
    const [file] = args
    if (file === undefined || args.length > 1) throw new RangeError('this takes one backup file')
    const ledger = flags.get('ledger')
    const how: RestoreHere = {
      file: resolve(globals.cwd, file),
      keyring: resolve(globals.cwd, needed(flags, 'keyring', 'DIR')),
      to: resolve(globals.cwd, needed(flags, 'to', 'DIR')),
      passphraseFile: flags.get('passphrase-file'),
      ledgers: ledger === undefined ? [] : [resolve(globals.cwd, ledger)],
    }
    const restored = await restoreHere(globals, how)
    if (restored.trailStopped !== undefined) process.stderr.write(`${restored.trailStopped}\n`)
    if (restored.filesOutside !== undefined) {
      const { files, place } = restored.filesOutside
      process.stderr.write(
        `The content of ${files} files is not in the backup: it stayed in ${place}, which the house must reach (HOLDFAST_OBJECTS or HOLDFAST_OBJECTS_FILE).\n`,
      )
    }
    process.stderr.write(`${startOf(how, globals)}\n`)
    printAnswer(restored, { json: globals.json, out: process.stdout })
    return 0
  },
}

/** How the restored house starts: its passphrase is not in it, and must not be looked for there in vain. */
export function startOf({ to, ...how }: RestoreHere, { env, cwd }: Globals): string {
  const kept = env['HOLDFAST_KEEPER_FILE'] !== undefined
  const file = kept ? '' : ` HOLDFAST_PASSPHRASE_FILE=${passphraseOf(how, cwd)}`
  return `Start it with: HOLDFAST_DATA=${to}${file} npm start`
}

export interface RestoreHere {
  readonly file: string
  readonly keyring: string
  readonly to: string
  readonly passphraseFile: string | undefined
  readonly ledgers: readonly string[]
}

const passphraseOf = (
  { passphraseFile, keyring }: Pick<RestoreHere, 'passphraseFile' | 'keyring'>,
  cwd: string,
) => resolve(cwd, passphraseFile ?? `${keyring}/passphrase`)

/** Restores on this host, with progress. */
export async function restoreHere(globals: Globals, how: RestoreHere): Promise<Restored> {
  const { file, keyring, to, ledgers } = how
  const passphraseFile = passphraseOf(how, globals.cwd)
  const { DATABASE_URL: _external, ...env } = globals.env
  const settings = readSettings(
    { ...env, HOLDFAST_DATA: to, HOLDFAST_PASSPHRASE_FILE: passphraseFile },
    globals.cwd,
  )
  const progress = showProgress('restore', process.stderr)
  const keeper = startKeeperProcess(settings.keeperFile)
  try {
    const restored = await restore({
      keeperChannel: keeper?.channel,
      file,
      keyring,
      ledgers,
      settings,
      onProgress: (done, of, note) => progress.update(done, of, note),
    })
    progress.finish(
      `${restored.rows.toLocaleString('en')} rows in ${restored.seconds.toFixed(1)} s; ${restored.entries.toLocaleString('en')} entries verified; ${restored.erasedAgain} keys erased again`,
    )
    return restored
  } catch (error) {
    if (error instanceof Refusal) throw new CliError(`${error.message} (${error.code})`)
    throw error
  } finally {
    await keeper?.stop()
  }
}
