import { deepEqual, equal, notEqual, ok, rejects, throws } from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { Refusal } from '#kernel'
import { type KeyringOptions, openKeyring as openDearly, recoverKeyring } from './keyring-file.ts'
import { openFileRoot } from './file-root.ts'
import { openPassphraseKeeper } from './keeper-passphrase.ts'

const now = () => new Date('2026-03-01T12:00:00Z')
const place = ['vault.record', 'r1']
const said = Buffer.from('Ada Lovelace')
/** Nobody guesses at a passphrase of these tests; one of them pays in full. */
const passphraseCost = { memoryKiB: 64, passes: 1, parallelism: 1 }
const openKeyring = (options: KeyringOptions) => openDearly({ passphraseCost, ...options })
const modulePath = join(import.meta.dirname, 'keyring-file.ts')

/** A directory that is gone when the test is over. */
function scratch(t: { after(done: () => void): void }): string {
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-keys-'))
  t.after(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

const coded = (code: string) => (error: unknown) => error instanceof Refusal && error.code === code
const keyringFiles = (dir: string) => readdirSync(dir).filter((file) => file.startsWith('keyring.'))

/** Runs a line of code beside us, with `openKeyring` at hand. */
function child(code: string, flags: readonly string[] = []) {
  const text = `import { openKeyring } from ${JSON.stringify(modulePath)}\n${code}`
  return spawn(process.execPath, [...flags, '--input-type=module', '-e', text], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

test('what was sealed opens after a new start, in its ring and its place only', async (t) => {
  const dir = scratch(t)
  const ring = randomUUID()
  const first = await openKeyring({ dir, now })
  first.createRing(ring)
  const sealed = first.seal(ring, place, said)
  const again = await openKeyring({ dir, now })
  deepEqual(again.unseal(ring, place, sealed), said)
  equal(again.id, first.id)
  throws(() => again.unseal('house', place, sealed), coded('keys.not-authentic'))
  throws(() => again.unseal(ring, ['vault.record', 'r2'], sealed), coded('keys.not-authentic'))
  throws(() => again.unseal(randomUUID(), place, sealed), coded('keys.unknown-ring'))
  throws(() => again.createRing('../elsewhere'), TypeError)
})

test('every byte of what was sealed counts', async (t) => {
  const keyring = await openKeyring({ dir: scratch(t), now })
  const sealed = keyring.seal('house', place, said)
  for (let at = 0; at < sealed.length; at += 1) {
    const changed = Buffer.from(sealed)
    changed[at]! ^= 1
    throws(() => keyring.unseal('house', place, changed), Refusal, `byte ${at}`)
    throws(() => keyring.unseal('house', place, sealed.subarray(0, at)), Refusal, `cut at ${at}`)
  }
})

test('nothing that was sealed or derived opens once its ring is destroyed, in no process', async (t) => {
  const dir = scratch(t)
  const ring = randomUUID()
  let at = now()
  const here = await openKeyring({ dir, now: () => at })
  const there = await openKeyring({ dir, now: () => at })
  here.createRing(ring)
  const sealed = here.seal(ring, place, said)
  deepEqual(there.unseal(ring, place, sealed), said)
  here.destroyRing(ring)
  at = new Date(at.getTime() + 3_000)
  for (const keyring of [here, there, await openKeyring({ dir, now })]) {
    throws(() => keyring.unseal(ring, place, sealed), coded('keys.ring-destroyed'))
    throws(() => keyring.mac(ring, 'use', 'value'), coded('keys.ring-destroyed'))
    throws(() => keyring.createRing(ring), coded('keys.ring-destroyed'))
  }
  for (const file of [
    ...keyringFiles(dir),
    ...keyringFiles(join(dir, 'copy')).map((f) => `copy/${f}`),
  ]) {
    const { rings } = JSON.parse(readFileSync(join(dir, file), 'utf8')) as {
      rings: Record<string, { keys: unknown[] }>
    }
    deepEqual(rings[ring]?.keys, [], 'the wrapped keys are gone from the file')
  }
  throws(() => here.destroyRing('house'), TypeError)
})

test('a rotated key seals from then on, the one before still opens, a destroyed one does not', async (t) => {
  const keyring = await openKeyring({ dir: scratch(t), now })
  const before = keyring.seal('house', place, said)
  const old = keyring.wrap('house', ['k'], said)
  const mac = keyring.mac('house', 'use', 'value')
  keyring.rotate('house', ['wrap', 'seal'])
  const after = keyring.seal('house', place, said)
  deepEqual([before.readUInt32BE(1), after.readUInt32BE(1)], [1, 2])
  for (const sealed of [before, after]) deepEqual(keyring.unseal('house', place, sealed), said)
  deepEqual(keyring.mac('house', 'use', 'value'), mac, 'pseudonyms stay')
  deepEqual(keyring.unwrap('house', old.version, ['k'], old.wrapped), said)
  throws(() => keyring.destroyVersion('house', 'wrap', 2), TypeError, 'a key in use stays')
  keyring.destroyVersion('house', 'wrap', old.version)
  throws(
    () => keyring.unwrap('house', old.version, ['k'], old.wrapped),
    coded('keys.key-destroyed'),
  )
  throws(() => keyring.unwrap('house', 9, ['k'], old.wrapped), coded('keys.unknown-key-version'))
})

test('macs differ by ring, use, value and kind', async (t) => {
  const keyring = await openKeyring({ dir: scratch(t), now })
  const ring = randomUUID()
  keyring.createRing(ring)
  const macs = [
    keyring.mac('house', 'use', 'value'),
    keyring.mac(ring, 'use', 'value'),
    keyring.mac('house', 'other', 'value'),
    keyring.mac('house', 'use', 'other'),
    keyring.index('house', 1, 'use', 'value'),
  ]
  equal(new Set(macs.map((mac) => mac.toString('hex'))).size, macs.length)
  deepEqual(keyring.mac('house', 'use', 'value'), macs[0])
  equal(macs[0]!.length, 32)
})

test('a new root key leaves everything readable and the old root gone', async (t) => {
  const dir = scratch(t)
  const keyring = await openKeyring({ dir, now })
  const other = await openKeyring({ dir, now })
  const sealed = keyring.seal('house', place, said)
  equal((await keyring.rotateRoot()).version, 2)
  for (const open of [keyring, other, await openKeyring({ dir, now })]) {
    deepEqual(open.unseal('house', place, sealed), said)
    deepEqual(
      open.rootVersions().map(({ version }) => version),
      [2],
    )
  }
})

test('a root rotation that was killed half way opens, and the next one finishes it', async (t) => {
  const dir = scratch(t)
  const sealed = (await openKeyring({ dir, now })).seal('house', place, said)
  // The first step alone: the root file has two versions, the keyring knows the old one.
  const keeper = openPassphraseKeeper(join(dir, 'passphrase'), dir, passphraseCost)
  const birth = { now: now(), newId: randomUUID }
  ;(await openFileRoot({ dir, places: [], keeper }, birth)).rotate(now())
  const keyring = await openKeyring({ dir, now })
  equal(keyring.rootVersions().length, 2)
  deepEqual(keyring.unseal('house', place, sealed), said)
  equal((await keyring.rotateRoot()).version, 3)
  const again = await openKeyring({ dir, now })
  equal(again.rootVersions().length, 1)
  deepEqual(again.unseal('house', place, sealed), said)
})

test('the passphrase is made for this user only, and copies hold everything but it', async (t) => {
  const dir = scratch(t)
  const offsiteDir = scratch(t)
  const keyring = await openDearly({ dir, offsiteDir, now })
  const rootFile = readdirSync(dir).find((file) => file.endsWith('.sealed'))!
  const { salt: _, ...cost } = JSON.parse(readFileSync(join(dir, rootFile), 'utf8')).passphrase.kdf
  deepEqual(cost, { algorithm: 'argon2id', memoryKiB: 65_536, passes: 3, parallelism: 4 })
  equal(statSync(join(dir, 'passphrase')).mode & 0o777, 0o600)
  for (const copy of [join(dir, 'copy'), join(offsiteDir, 'keys')]) {
    deepEqual(
      readdirSync(copy).sort(),
      readdirSync(dir)
        .filter((file) => /\.(?:json|sealed)$/.test(file))
        .sort(),
    )
  }
  ok(keyring.copies().length === 4 && keyring.copies().every(({ upToDate }) => upToDate))
})

test('a place that cannot be written is told, and caught up with later', async (t) => {
  const dir = scratch(t)
  const offsiteDir = join(scratch(t), 'disk')
  writeFileSync(offsiteDir, 'not a directory')
  const keyring = await openKeyring({ dir, offsiteDir, now })
  keyring.createRing(randomUUID())
  equal(keyring.copies().filter(({ upToDate }) => upToDate).length, 2)
  rmSync(offsiteDir)
  keyring.replicate()
  ok(keyring.copies().every(({ upToDate }) => upToDate))
})

test('a keyring whose first place is lost comes back from its copy', async (t) => {
  const dir = scratch(t)
  const keyring = await openKeyring({ dir, now })
  const sealed = keyring.seal('house', place, said)
  for (const file of readdirSync(dir)) {
    if (/\.(?:json|sealed)$/.test(file)) rmSync(join(dir, file))
  }
  deepEqual((await openKeyring({ dir, now })).unseal('house', place, sealed), said)
})

test('an altered keyring file is refused', async (t) => {
  const dir = scratch(t)
  await openKeyring({ dir, now })
  const path = join(dir, keyringFiles(dir)[0]!)
  const text = readFileSync(path, 'utf8')
  writeFileSync(path, text.replace('2026-03-01', '2026-09-01'))
  await rejects(openKeyring({ dir, now }), coded('keys.keyring-altered'))
  writeFileSync(path, text.slice(0, -20))
  await rejects(openKeyring({ dir, now }), coded('keys.keyring-altered'))
  writeFileSync(path, text)
  await openKeyring({ dir, now })
})

test('a wrong, missing or short passphrase is refused by its own code', async (t) => {
  const dir = join(scratch(t), 'keys')
  await openKeyring({ dir, now })
  const right = readFileSync(join(dir, 'passphrase'), 'utf8')
  writeFileSync(join(dir, 'passphrase'), 'another passphrase altogether\n')
  await rejects(openKeyring({ dir, now }), coded('keys.passphrase-wrong'))
  writeFileSync(join(dir, 'passphrase'), 'short\n')
  await rejects(openKeyring({ dir, now }), coded('keys.passphrase-weak'))
  rmSync(join(dir, 'passphrase'))
  await rejects(openKeyring({ dir, now }), coded('keys.passphrase-missing'))
  ok(!existsSync(join(dir, 'passphrase')), 'none is made for a root that exists')
  const passphraseFile = join(scratch(t), 'elsewhere')
  await rejects(openKeyring({ dir, now, passphraseFile }), coded('keys.passphrase-missing'))
  writeFileSync(passphraseFile, right)
  const keyring = await openKeyring({ dir, now, passphraseFile })
  equal(keyring.custody().apartFromData, true)
  writeFileSync(join(dir, 'passphrase'), right)
  equal((await openKeyring({ dir, now })).custody().apartFromData, false)
})

test('any three of five shares set a new passphrase; two, mistyped or older ones do not', async (t) => {
  const dir = scratch(t)
  const keyring = await openKeyring({ dir, now })
  const sealed = keyring.seal('house', place, said)
  const older = await keyring.makeRecoveryShares()
  const shares = await keyring.makeRecoveryShares()
  equal(shares.length, 5)
  await keyring.rotateRoot()
  rmSync(join(dir, 'passphrase'))
  const recover = (given: readonly string[], passphrase = 'a new and long passphrase') =>
    recoverKeyring({ dir, passphraseCost }, given, passphrase)
  await rejects(recover(shares.slice(0, 2)), coded('keys.shares-too-few'))
  await rejects(recover([shares[0]!, shares[0]!, shares[0]!]), coded('keys.shares-too-few'))
  await rejects(recover(older.slice(0, 3)), coded('keys.shares-wrong'))
  await rejects(recover([...older.slice(0, 1), ...shares.slice(1, 3)]), coded('keys.shares-wrong'))
  const last = shares[2]!
  const mistyped = last.slice(0, -2) + (last.at(-2) === 'A' ? 'B' : 'A') + last.slice(-1)
  await rejects(recover([...shares.slice(0, 2), mistyped]), coded('keys.shares-wrong'))
  await rejects(recover(shares.slice(0, 3), 'short'), coded('keys.passphrase-weak'))
  for (const three of [shares.slice(0, 3), [shares[4]!, shares[1]!, shares[3]!]]) {
    await recover(three)
    deepEqual((await openKeyring({ dir, now })).unseal('house', place, sealed), said)
  }
  equal(readFileSync(join(dir, 'passphrase'), 'utf8'), 'a new and long passphrase\n')
})

test('half-written and left-over files change nothing', async (t) => {
  const dir = scratch(t)
  const keyring = await openKeyring({ dir, now })
  const sealed = keyring.seal('house', place, said)
  // Killed before the new generation had its name.
  writeFileSync(join(dir, 'keyring.2.json.4711.tmp'), '{"half":')
  deepEqual((await openKeyring({ dir, now })).unseal('house', place, sealed), said)
  // Killed after it had its name, before the old one was removed.
  const old = keyringFiles(dir).find((file) => file.endsWith('.json'))!
  const text = readFileSync(join(dir, old), 'utf8')
  keyring.createRing(randomUUID())
  writeFileSync(join(dir, old), text)
  equal((await openKeyring({ dir, now })).rings().length, 2)
})

test('killed at any moment, the keyring opens, and every ring that was acknowledged is there', async (t) => {
  const dir = scratch(t)
  await openKeyring({ dir, now })
  const acknowledged: string[] = []
  for (let run = 0; run < 4; run += 1) {
    const process = child(`
      const keyring = await openKeyring({ dir: ${JSON.stringify(dir)}, now: () => new Date() })
      for (;;) {
        const ring = crypto.randomUUID()
        keyring.createRing(ring)
        console.log(ring)
        keyring.rotate('house', ['seal'])
      }`)
    let out = ''
    process.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
    await once(process.stdout, 'data')
    await pause(20 + run * 7)
    process.kill('SIGKILL')
    await once(process, 'close')
    acknowledged.push(...out.split('\n').slice(0, -1))
  }
  const keyring = await openKeyring({ dir, now })
  const held = new Set(keyring.rings().map(({ ring }) => ring))
  ok(acknowledged.length >= 4, 'the children worked')
  deepEqual(
    acknowledged.filter((ring) => !held.has(ring)),
    [],
  )
  for (const ring of acknowledged) keyring.seal(ring, place, said)
})

test('two processes that write at once lose nothing of each other', async (t) => {
  const dir = scratch(t)
  await openKeyring({ dir, now })
  const writers = [child(manyRings(dir)), child(manyRings(dir))]
  const codes = await Promise.all(writers.map(async (process) => (await once(process, 'exit'))[0]))
  deepEqual(codes, [0, 0])
  equal((await openKeyring({ dir, now })).rings().length, 1 + 2 * 25)
})

test('the keyring works where the server may touch its data directory only', async (t) => {
  const dir = scratch(t)
  const flags = ['--permission', '--allow-fs-read=*', `--allow-fs-write=${dir}/*`]
  const process = child(manyRings(join(dir, 'keys')), flags)
  equal((await once(process, 'exit'))[0], 0)
  notEqual((await openKeyring({ dir: join(dir, 'keys'), now })).rings().length, 1)
})

const manyRings = (dir: string) => `
  const keyring = await openKeyring({ dir: ${JSON.stringify(dir)}, now: () => new Date() })
  for (let i = 0; i < 25; i += 1) keyring.createRing(crypto.randomUUID())`
