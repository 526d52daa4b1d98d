import { equal, match } from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { bundleDir, copyKeyring, keyFilesIn } from './places.ts'

test('a bundle of a keyring that changes meanwhile holds files that stood beside each other', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-places-'))
  const keys = join(dir, 'keys')
  const put = (generation: number) => {
    const path = join(keys, `keyring.${generation}.json`)
    writeFileSync(`${path}.tmp`, String(generation).repeat(50_000))
    renameSync(`${path}.tmp`, path)
  }
  try {
    mkdirSync(keys)
    writeFileSync(join(keys, 'root.1.sealed'), 'root')
    put(1)
    let generation = 1
    const turn = () => {
      put((generation += 1))
      rmSync(join(keys, `keyring.${generation - 1}.json`))
    }
    // Each name is gone a moment after it was listed, until the fortieth stays.
    const turning = setInterval(() => {
      if (generation < 40) turn()
    }, 1)
    try {
      await copyKeyring(dir, join(dir, 'place'), 'one')
    } finally {
      clearInterval(turning)
    }
    const bundle = bundleDir(join(dir, 'place'), 'one')
    const files = keyFilesIn(bundle)
    equal(files.length, 2)
    match(files[0]!, /^keyring\.\d+\.json$/)
    equal(files[1], 'root.1.sealed')
    const number = files[0]!.split('.')[1]!
    equal(readFileSync(join(bundle, files[0]!), 'utf8'), number.repeat(50_000))
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
})
