import { equal, match, ok } from 'node:assert/strict'
import { createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { countsOf } from '#vault'
import { credentialOf, type SupervisedHouse, withSupervised } from './supervised.ts'

/** `IMPORT_RECORDS=1000000 npm run test:long -- test/import.long.test.ts` takes the million. */
const records = Number(process.env['IMPORT_RECORDS'] ?? 60_000)
/** What a house may grow by once its first tenth is in: buffers and code, nothing that counts rows. */
const growthMiB = 150

const contract = {
  name: 'Alder Clinic',
  categories: [
    {
      name: 'contact',
      fields: [
        { name: 'name', kind: 'text' },
        { name: 'email', kind: 'email', searchable: true },
        { name: 'note', kind: 'text' },
      ],
      retainDays: 365,
    },
  ],
  purposes: [{ name: 'care', categories: ['contact'] }],
  breachContacts: [{ name: 'Olive Officer', email: 'olive@alder.example' }],
  synthetic: true,
}
const mapping = JSON.stringify({
  subjectKey: 'id',
  category: 'contact',
  fields: { name: 'name', email: 'mail', note: 'note' },
})

function* lines(): Generator<string> {
  const note = 'the quick brown fox jumps and '.repeat(31)
  for (let n = 0; n < records; n += 1)
    yield `${JSON.stringify({ id: `R-${n}`, name: `Zoë ${n}`, mail: `r${n}@example.org`, note })}\n`
}

function memoryMiB(house: SupervisedHouse): number {
  const status = readFileSync(`/proc/${house.serverPid()}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024
}

test('an import whose server is killed in the middle goes on by itself, every row once, in constant memory', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-import-'))
  try {
    await withSupervised(async (house) => {
      await house.start()
      const { controllerId } = await house.operator.call<{ controllerId: string }>(
        'POST',
        '/v1/controllers',
        { json: contract },
      )
      const token = join(dir, 'token')
      writeFileSync(token, await credentialOf(house, 'importer', ['vault.*']))
      const file = join(dir, 'people.ndjson')
      await pipeline(Readable.from(lines()), createWriteStream(file))
      const database = house.database(1)
      const stored = async () =>
        (await database.first<{ n: number }>({
          text: 'select coalesce(max(rows_stored), 0) as n from vault.import',
        }))!.n
      const why = ['--purpose', 'care', '--reason', 'a long way']
      const where = ['--url', `https://localhost:${house.port}`, '--token-file', token, '--json']
      const what = ['import', controllerId, file, '--mapping', mapping]
      const running = house.command(...what, ...why, ...where)
      // An import that ends too early fails below, and must not be waited for.
      const over = running.then(() => records)
      const reached = () => Promise.race([over, stored()])
      while ((await reached()) < records * 0.1) await pause(100)
      const early = memoryMiB(house)
      let most = early
      while ((await reached()) < records * 0.5) {
        most = Math.max(most, memoryMiB(house))
        await pause(100)
      }
      await house.kill('server')
      await house.answering()
      const { code, output, told } = await running
      equal(code, 0, told)
      match(told, /going on in/)
      const report = JSON.parse(output) as { rowsStored: number; rowsReplaced: number }
      equal(report.rowsStored, records)
      equal(report.rowsReplaced, 0)
      const counts = await countsOf(database, controllerId)
      equal(counts.subjects, records)
      equal(counts.records, records)
      await database.end()
      ok(
        most - early < growthMiB,
        `${Math.round(early)} MiB after a tenth, ${Math.round(most)} MiB later`,
      )
    })
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
})
