import { hash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { houseLeaf, logFiles, makeKey, writeFiles } from '../verifier/made-log.ts'
import { run } from '../bin/children.ts'
import { median, tell } from './parts/report.ts'

// The verifier an auditor carries away, over a folder: signature, every leaf's form and hash, every
// tile, the root. The log is made up, with leaves of the length a house writes; its tiles are read from
// disk each time, which the system may hold in memory.

const size = 1_000_000
const rounds = 3

console.log(`verify: a log of ${size.toLocaleString('en')} entries in a folder, ${rounds} rounds`)
const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-verify-'))
try {
  const log = '018f0000-0000-7000-8000-00000000abcd'
  const key = makeKey(`localhost:8443/holdfast/018f0000-0000-7000-8000-00000000aaaa/${log}`)
  // One leaf is made in full, and the others from it: id, payload and instant are their own.
  const model = houseLeaf(log, 0).toString()
  const [id, pd] = [/"id":"([^"]+)"/.exec(model)![1]!, /"pd":"([^"]+)"/.exec(model)![1]!]
  const leaves = Array.from({ length: size }, (_, i) => {
    const own = i.toString(16).padStart(12, '0')
    return Buffer.from(
      model.replace(id, `${id.slice(0, 24)}${own}`).replace(pd, hash('sha256', own)),
    )
  })
  writeFiles(folder, logFiles(leaves, key))
  const file = fileURLToPath(new URL('../verifier/holdfast-verify.mjs', import.meta.url))
  const figures: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    const ran = await run([file, folder, '--key', key.vkey], 'quiet')
    if (ran.code !== 0) throw new Error(ran.output)
    figures.push(ran.seconds)
  }
  const seconds = median(figures)
  tell({
    what: `verify ${size.toLocaleString('en')} entries offline`,
    ours: seconds,
    unit: 'seconds',
    aim: 10,
    note: `${Math.round(size / seconds).toLocaleString('en')} entries/s, ${leaves[0]!.length} bytes each`,
  })
} finally {
  rmSync(folder, { recursive: true })
}
