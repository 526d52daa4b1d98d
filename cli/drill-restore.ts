import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { clientOf } from './client.ts'
import { CliError, connectionFor } from './connect.ts'
import { onlyThese } from './flags.ts'
import { printAnswer } from './print.ts'
import { restoreHere } from './restore.ts'
import { bundlesIn } from '#continuity'
import type { Verb } from './verbs.ts'

export const drillRestore: Verb = {
  words: 'drill restore',
  usage: '',
  about:
    'Exercise recovery: back up, restore beside the house, compare, measure, keep the figures.',
  async run(_args, flags, globals) {
    onlyThese(flags, [])
    const client = clientOf(connectionFor(globals))
    const dataDir = globals.env['HOLDFAST_DATA'] ?? join(globals.cwd, 'var')
    if (!existsSync(join(dataDir, 'keys')))
      throw new CliError(`this exercise runs on the host of the house; ${dataDir} holds none`)
    const began = Date.now()
    const { id: backupId, file } = await client.call<{ id: string; file: string }>(
      'POST',
      '/v1/backups',
    )
    const place = join(dataDir, 'backups')
    const bundle = bundlesIn(place).at(-1)
    if (bundle === undefined) throw new CliError('there is no keyring bundle beside the backups')
    const scratch = mkdtempSync(join(tmpdir(), 'holdfast-drill-'))
    try {
      const ordered = performance.now()
      const restored = await restoreHere(globals, {
        file: join(place, file),
        keyring: join(place, 'keyring', bundle),
        to: join(scratch, 'data'),
        passphraseFile:
          globals.env['HOLDFAST_PASSPHRASE_FILE'] ?? join(dataDir, 'keys', 'passphrase'),
        ledgers: [join(dataDir, 'keys')],
      })
      const lostMs = began - Date.parse(restored.newestEntryAt ?? restored.createdAt)
      const figures = {
        backupId,
        passed: true,
        recoveryPointSeconds: Math.max(0, lostMs / 1000),
        recoveryTimeSeconds: (performance.now() - ordered) / 1000,
        facts: {
          rows: restored.rows,
          tables: restored.tables,
          trees: restored.trees,
          entriesVerified: restored.entries,
          erasedAgain: restored.erasedAgain,
          objects: restored.objects,
          objectBytes: restored.objectBytes,
          objectsSha256: restored.objectsSha256,
          filesWithoutObjects: restored.filesWithoutObjects,
          filesOutside: restored.filesOutside?.files ?? 0,
        },
      }
      printAnswer(await client.call('POST', '/v1/drills/restore', { json: figures }), {
        json: globals.json,
        out: process.stdout,
      })
      return 0
    } finally {
      rmSync(scratch, { recursive: true, force: true })
    }
  },
}
