import { equal, ok } from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, type TestContext, test } from 'node:test'
import { house as houseActor } from '#kernel'
import { appendEntries, findLogKeys, proveInclusion, readLogFile, rootLog } from '#trail'
import { edgeOf, formatTilePath, tileWidth } from '../src/trail/tree/tiles.ts'
import { openHouse, type TestHouse } from './house.ts'

const source = join(import.meta.dirname, '../src/trail/testdata/go-oracle')
const controllerId = randomUUID()
const size = 1411
const startedAt = new Date('2026-03-01T12:00:00Z')

let house: TestHouse
let scratch: string
before(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'holdfast-oracle-'))
  house = await openHouse({ now: startedAt })
  house.keyring.createRing(controllerId)
  for (let done = 0, round = 0; done < size; round++) {
    const count = Math.min(283, size - done)
    await append(count)
    house.setNow(new Date(startedAt.getTime() + round * 20_000))
    await house.integrate()
    done += count
  }
})
after(async () => {
  await house.close()
  // Go leaves its caches read-only.
  execFileSync('chmod', ['-R', 'u+w', scratch])
  rmSync(scratch, { recursive: true })
})

const append = (count: number) =>
  house.database.transaction({ scope: 'house' }, (sql) =>
    appendEntries(
      sql,
      house.keyring,
      Array.from({ length: count }, (_, i) => ({
        at: house.world.now(),
        actor: houseActor,
        action: 'vault.record.read',
        scope: { controllerId },
        outcome: 'done' as const,
        source: { address: 'inside' },
        touched: [{ subject: i, record: i + 1, category: 1 }],
        details: {},
      })),
    ),
  )

/** Builds the oracle; undefined, with the reason told, where there is no Go or its module cannot be had. */
function buildOracle(t: TestContext): string | undefined {
  const path = `${process.env['PATH'] ?? ''}:/usr/local/go/bin`
  const env = { ...process.env, PATH: path, GOFLAGS: '-mod=readonly', GOTOOLCHAIN: 'local' }
  const module = join(scratch, 'source')
  cpSync(source, module, { recursive: true })
  const go = (...args: string[]) =>
    execFileSync('go', args, { cwd: module, env, encoding: 'utf8', stdio: 'pipe', timeout: 90_000 })
  try {
    go('version')
  } catch {
    t.skip('no Go toolchain is installed')
    return undefined
  }
  try {
    go('mod', 'download')
  } catch {
    t.skip('golang.org/x/mod cannot be had from here')
    return undefined
  }
  const binary = join(scratch, 'oracle')
  go('build', '-o', binary, '.')
  return binary
}

/** Writes a log to a folder as a static server would serve it, with a proof of some of its entries. */
async function writeLog(log: string, leaves: number): Promise<string> {
  const folder = join(scratch, log)
  const bundles = Array.from({ length: Math.ceil(leaves / tileWidth) }, (_, n) => n)
  const widthOf = (n: number) => Math.min(tileWidth, leaves - n * tileWidth)
  const full = Array.from({ length: Math.floor(leaves / tileWidth) }, (_, n) => n)
  const paths = [
    'checkpoint',
    ...bundles.map((n) => formatTilePath({ level: 'entries', n, width: widthOf(n) })),
    ...full.map((n) => formatTilePath({ level: 0, n, width: tileWidth })),
    ...edgeOf(leaves).map(formatTilePath),
  ]
  for (const path of paths) {
    const file = await readLogFile(house.database, log, path)
    ok(file !== undefined, path)
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), file.bytes)
  }
  for (const index of [0, 255, 256, leaves - 1].filter((i) => i < leaves)) {
    const proof = await proveInclusion(house.database, log, index)
    writeFileSync(join(folder, `${index}.tlog-proof`), proof!)
  }
  return folder
}

test('Go’s transparency-log library agrees with every leaf, step and proof of our logs', async (t) => {
  const oracle = buildOracle(t)
  if (oracle === undefined) return
  const keys = await findLogKeys(house.database)
  const [rootHead] = await house.owner.rows<{ size: number }>({
    text: "select size from trail.log where log = 'root'",
  })
  for (const [log, leaves, proofs] of [
    [controllerId, size, 4],
    [rootLog, rootHead!.size, 2],
  ] as const) {
    const folder = await writeLog(log, leaves)
    const verify = (): string =>
      execFileSync(oracle, [folder, keys!.verifierKey(log)], { encoding: 'utf8', stdio: 'pipe' })
    equal(verify().trim(), `${leaves} inclusions, 200 consistencies, ${proofs} proofs`)
    if (log === rootLog) continue
    // The oracle is no yes-man: one changed byte of an entry, and it objects.
    const path = join(folder, formatTilePath({ level: 'entries', n: 2, width: tileWidth }))
    const { bytes } = (await readLogFile(house.database, log, 'tile/entries/002'))!
    const changed = Buffer.from(bytes)
    changed[100]! ^= 1
    writeFileSync(path, changed)
    let objection = ''
    try {
      verify()
    } catch (error) {
      objection = (error as { stderr: string }).stderr
    }
    ok(objection.startsWith('inclusion of '), objection)
  }
})
