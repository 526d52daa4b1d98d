import { createHash } from 'node:crypto'
import { existsSync, renameSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { resolve } from 'node:path'
import { clientOf } from './client.ts'
import { CliError, connectionFor } from './connect.ts'
import { needed, onlyThese } from './flags.ts'
import { printAnswer } from './print.ts'
import { showProgress } from './progress.ts'
import type { Verb } from './verbs.ts'

export const offboard: Verb = {
  words: 'vault controller offboard',
  usage: '<controllerId> --to FILE.archive.json --name TEXT',
  about: 'End a contract: close the controller, give all its data back, then destroy its keys.',
  more: `
--to    where the archive goes (docs/archive.md); what is there already is not written over
--name  the controller's name as it stands in its contract: what follows cannot be undone

Nothing is destroyed before the archive is whole on this disk and the house knows it by its digest.
Broken off before, the controller stays closed: run it again, or: holdfast vault controller reopen
`,
  async run([controllerId, ...more], flags, globals) {
    onlyThese(flags, ['to', 'name'])
    if (controllerId === undefined || more.length > 0)
      throw new RangeError('this takes one argument: a controller’s id')
    const file = resolve(globals.cwd, needed(flags, 'to', 'FILE'))
    const name = needed(flags, 'name', 'TEXT')
    if (existsSync(file)) throw new CliError(`${file} is there already`)
    const client = clientOf(connectionFor(globals))
    const at = `/v1/controllers/${encodeURIComponent(controllerId)}`
    await client.call('POST', `${at}/offboard`, { json: { name } })
    const { stream } = await client.stream('GET', `${at}/return`)
    const archiveSha256 = await keep(stream, file)
    const left = await client.call('POST', `${at}/leave`, { json: { name, archiveSha256 } })
    process.stderr.write(
      `The certificate: holdfast keys certificate controller ${controllerId} --json\n`,
    )
    printAnswer(left, { json: globals.json, out: process.stdout })
    return 0
  },
}

/** Writes the archive, durably, under its name only once it is whole. @returns its SHA-256, hex. */
async function keep(stream: AsyncIterable<Buffer>, file: string): Promise<string> {
  const progress = showProgress('return', process.stderr)
  const draft = `${file}.part`
  const hash = createHash('sha256')
  let bytes = 0
  try {
    const handle = await open(draft, 'w', 0o600)
    try {
      for await (const piece of stream) {
        hash.update(piece)
        await handle.writeFile(piece)
        progress.update((bytes += piece.length), undefined)
      }
      await handle.sync()
    } finally {
      await handle.close()
    }
    renameSync(draft, file)
  } catch (error) {
    rmSync(draft, { force: true })
    throw new CliError(`the return broke off, nothing is destroyed: ${(error as Error).message}`)
  }
  progress.finish(`${(bytes / 1_048_576).toFixed(1)} MiB in ${file}`)
  return hash.digest('hex')
}
