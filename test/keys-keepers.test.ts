import { deepEqual, equal, match, notDeepEqual, ok, rejects } from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import koffi from 'koffi'
import { Refusal } from '#kernel'
import { startKeeperProcess } from '../bin/keeper-process.ts'
import { openChannelKeeper } from '../src/keys/adapters/keeper-channel.ts'
import { readKeeperFile } from '../src/keys/adapters/keeper-file.ts'
import { openKmsKeeper } from '../src/keys/adapters/keeper-kms.ts'
import { openPassphraseKeeper } from '../src/keys/adapters/keeper-passphrase.ts'
import { openPkcs11Keeper } from '../src/keys/adapters/keeper-pkcs11.ts'
import { Pkcs11Error, Pkcs11Library } from '../src/keys/adapters/pkcs11-library.ts'
import { openTransitKeeper } from '../src/keys/adapters/keeper-transit.ts'
import { contextBytes } from '../src/keys/context.ts'
import type { Keeper } from '../src/keys/keeper.ts'
import { Xaes } from '../src/keys/xaes.ts'
import { openKmsStandIn, type KmsStandIn } from './kms-stand-in.ts'
import { openTransitStandIn, type TransitStandIn } from './transit-stand-in.ts'

// One suite for everybody who may keep the root key. What differs is said in `powers`, and tested.

const dir = mkdtempSync(join(tmpdir(), 'holdfast-keepers-'))
after(() => rmSync(dir, { recursive: true, force: true }))
const context = ['01990000-0000-7000-8000-000000000000', 'keeper']
const coded =
  (...codes: string[]) =>
  (error: unknown) =>
    error instanceof Refusal && codes.includes(error.code)

const file = (name: string, text: string) => {
  const path = join(dir, name)
  writeFileSync(path, text, { mode: 0o600 })
  return path
}

const softhsm = [
  process.env['SOFTHSM2_MODULE'],
  '/usr/lib/softhsm/libsofthsm2.so',
  '/usr/lib64/pkcs11/libsofthsm2.so',
].find((path) => path !== undefined && existsSync(path))
const noToken = softhsm === undefined ? 'SoftHSM is not installed (Debian: softhsm2)' : false

let kms: KmsStandIn
let transit: TransitStandIn
before(async () => {
  kms = await openKmsStandIn()
  transit = await openTransitStandIn()
  file('passphrase', 'a passphrase long enough\n')
  file('pin', '87654321\n')
  file('token', `${transit.token}\n`)
  file('secret', `${kms.signer.secretAccessKey}\n`)
  if (softhsm !== undefined) makeToken()
  makeTokensMakeNonces()
})
after(async () => {
  await kms.close()
  await transit.close()
})

function makeToken(): void {
  mkdirSync(join(dir, 'tokens'))
  const config = `directories.tokendir = ${join(dir, 'tokens')}\nobjectstore.backend = file\nlog.level = ERROR\n`
  process.env['SOFTHSM2_CONF'] = file('softhsm2.conf', config)
  const args = ['--init-token', '--free', '--label', 'house', '--so-pin', '12345678']
  execFileSync('softhsm2-util', [...args, '--pin', '87654321'], { stdio: 'ignore' })
}

const tokenPlace = (key = 'root') => ({
  kind: 'pkcs11' as const,
  module: softhsm!,
  token: 'house',
  key,
  pinFile: join(dir, 'pin'),
})
const kmsPlace = () => ({
  kind: 'aws-kms' as const,
  keyArn: kms.keyArn,
  endpoint: kms.endpoint,
  region: kms.signer.region,
  accessKeyId: kms.signer.accessKeyId,
  secretKeyFile: join(dir, 'secret'),
})
const transitPlace = () => ({
  kind: 'transit' as const,
  url: transit.url,
  mount: 'transit',
  key: transit.key,
  tokenFile: join(dir, 'token'),
})

const CKM_AES_GCM = 0x1087
const CKR_MECHANISM_PARAM_INVALID = 0x71

/** Keepers open on a token that is made to behave as CloudHSM and Luna in FIPS mode do. */
let makingNonces = 0
/**
 * SoftHSM takes any nonce. What some tokens do instead, as the standard lets them (PKCS#11 3.0
 * §6.13.5): refuse a caller's nonce, and write their own where a caller left room for one.
 */
function makeTokensMakeNonces(): void {
  type Call = (this: Pkcs11Library, ...args: Parameters<Pkcs11Library['call']>) => number
  const { value } = Object.getOwnPropertyDescriptor(Pkcs11Library.prototype, 'call')!
  const call = value as Call
  Pkcs11Library.prototype.call = function (name, args, also) {
    const word = (at: bigint, i: number) =>
      Buffer.from(koffi.view(at, 8 * (i + 1))).readBigUInt64LE(8 * i)
    if (makingNonces > 0 && name === 'C_EncryptInit') {
      const mechanism = args[1] as bigint
      if (Number(word(mechanism, 0)) === CKM_AES_GCM) {
        const nonce = Buffer.from(koffi.view(word(word(mechanism, 1), 0), 12))
        if (nonce.some((byte) => byte !== 0))
          throw new Pkcs11Error(name, CKR_MECHANISM_PARAM_INVALID)
        nonce.set(randomBytes(12))
      }
    }
    return call.call(this, name, args, also)
  }
}

async function openOnTokenWithItsOwnNonces(): Promise<Keeper> {
  makingNonces += 1
  const keeper = await openPkcs11Keeper(tokenPlace('own-nonces'), [CKM_AES_GCM])
  match(keeper.sentence, /\(gcm-hsm-iv\)/)
  const close = keeper.close.bind(keeper)
  keeper.close = async () => {
    makingNonces -= 1
    await close()
  }
  return keeper
}
const all: { name: string; skip: string | false; open: () => Promise<Keeper> }[] = [
  {
    name: 'a passphrase',
    skip: false,
    open: async () => openPassphraseKeeper(join(dir, 'passphrase'), join(dir, 'data', 'keys')),
  },
  { name: 'a PKCS#11 token', skip: noToken, open: () => openPkcs11Keeper(tokenPlace()) },
  {
    name: 'a PKCS#11 token without CMAC',
    skip: noToken,
    open: () => openPkcs11Keeper(tokenPlace('gcm'), [CKM_AES_GCM]),
  },
  {
    name: 'a PKCS#11 token that makes its own nonces',
    skip: noToken,
    open: openOnTokenWithItsOwnNonces,
  },
  { name: 'AWS KMS', skip: false, open: () => openKmsKeeper(kmsPlace()) },
  { name: 'a transit engine', skip: false, open: () => openTransitKeeper(transitPlace()) },
  ...(process.env['TEST_TRANSIT_KEEPER_FILE'] === undefined
    ? []
    : [
        {
          name: 'a real transit engine',
          skip: false as const,
          open: () => {
            const place = readKeeperFile(process.env['TEST_TRANSIT_KEEPER_FILE']!)
            if (place.kind !== 'transit') throw new TypeError('the file names no transit engine')
            return openTransitKeeper(place)
          },
        },
      ]),
]

for (const { name, skip, open } of all) {
  test(`${name} gives back what it wrapped, in its place only`, { skip }, async () => {
    const keeper = await open()
    const key = randomBytes(32)
    const made = await keeper.wrap(context, key)
    ok(!made.wrapped.includes(key))
    deepEqual(await keeper.unwrap(context, made), key)
    const again = await open()
    deepEqual(await again.unwrap(context, made), key, 'after a new start, too')
    await again.close()
    const elsewhere = keeper.unwrap([context[0]!, 'elsewhere'], made)
    await rejects(elsewhere, coded('keys.not-authentic', 'keys.passphrase-wrong'))
    notDeepEqual((await keeper.wrap(context, key)).wrapped, made.wrapped)
    await keeper.close()
  })

  test(`${name} opens nothing of which a byte was changed`, { skip }, async () => {
    const keeper = await open()
    const made = await keeper.wrap(context, randomBytes(32))
    // Each try of a passphrase takes argon2id's time: a few places do for it.
    const step = keeper.kind === 'software' ? 60 : 1
    for (let at = 0; at < made.wrapped.length; at += step) {
      const wrapped = Buffer.from(made.wrapped)
      wrapped[at]! ^= 1
      const opened = await keeper.unwrap(context, { ...made, wrapped }).catch((error: unknown) => {
        ok(error instanceof Refusal, `byte ${at}: ${String(error)}`)
        return undefined
      })
      equal(opened, undefined, `byte ${at} of ${made.wrapped.length} opened`)
    }
    await keeper.close()
  })

  test(
    `${name} turns its key: older wraps open, younger ones are of another version`,
    { skip },
    async () => {
      const keeper = await open()
      const key = randomBytes(32)
      const before = await keeper.wrap(context, key)
      await keeper.rotate()
      const now = await keeper.wrap(context, key)
      notDeepEqual(now.wrapped, before.wrapped)
      deepEqual(await keeper.unwrap(context, before), key)
      if (keeper.kind !== 'aws-kms') ok(now.version !== before.version)
      const gone = await keeper.destroyBefore(now.version)
      if (keeper.powers.versionDestroy) {
        ok(gone >= 1)
        await rejects(keeper.unwrap(context, before), coded('keys.keeper-key-unusable'))
      } else {
        equal(gone, 0)
        deepEqual(await keeper.unwrap(context, before), key, 'it says that it cannot destroy one')
      }
      deepEqual(await keeper.unwrap(context, now), key)
      await keeper.close()
    },
  )

  test(`${name} serves many at once`, { skip: skip || name === 'a passphrase' }, async () => {
    const keeper = await open()
    const keys = Array.from({ length: 64 }, () => randomBytes(32))
    const made = await Promise.all(keys.map((key) => keeper.wrap(context, key)))
    deepEqual(await Promise.all(made.map((one) => keeper.unwrap(context, one))), keys)
    await keeper.close()
  })
}

test('what a token wraps by CMAC is XAES-256-GCM to the letter', { skip: noToken }, async () => {
  // A key whose bytes are known is brought into the token; what it wraps opens outside, by our own
  // XAES-256-GCM, which the specification's vectors hold.
  const known = Buffer.alloc(32, 1)
  writeFileSync(join(dir, 'known.key'), known)
  const args = [
    '--import',
    join(dir, 'known.key'),
    '--aes',
    '--token',
    'house',
    '--pin',
    '87654321',
  ]
  const named = ['--label', 'known', '--id', '00000001']
  execFileSync('softhsm2-util', [...args, ...named], { stdio: 'ignore' })
  const keeper = await openPkcs11Keeper(tokenPlace('known'))
  const { version, wrapped } = await keeper.wrap(context, Buffer.alloc(32, 7))
  equal(wrapped[0], 1)
  const associated = contextBytes('keeper', [...context, version, 'xaes-cmac'])
  const opened = Xaes.taking(known).open(wrapped.subarray(1, 25), wrapped.subarray(25), associated)
  deepEqual(opened, Buffer.alloc(32, 7))
  await keeper.close()
})

test(
  'a wrong PIN, an absent token and a library that is none are told apart',
  { skip: noToken },
  async () => {
    const wrong = { ...tokenPlace(), pinFile: file('wrong-pin', '00000000\n') }
    // SoftHSM keeps a login for the whole process: another process shows what a wrong PIN does.
    const place = file('wrong.json', JSON.stringify({ ...wrong, kind: 'pkcs11' }))
    const other = startKeeperProcess(place)!
    await rejects(openChannelKeeper(other.channel), coded('keys.keeper-denied'))
    await other.stop()
    await rejects(
      openPkcs11Keeper({ ...tokenPlace(), token: 'absent' }),
      coded('keys.keeper-unreachable'),
    )
    await rejects(
      openPkcs11Keeper({ ...tokenPlace(), module: '/bin/true' }),
      coded('keys.keeper-unfit'),
    )
    await rejects(openPkcs11Keeper(tokenPlace(), [1]), coded('keys.keeper-unfit'))
  },
)

test(
  'the key process serves the token over its channel, and comes back when it is killed',
  { skip: noToken },
  async () => {
    const keeperFile = file('keeper.json', JSON.stringify(tokenPlace('channel')))
    const running = startKeeperProcess(keeperFile)!
    const keeper = await openChannelKeeper(running.channel)
    equal(keeper.kind, 'pkcs11')
    const key = randomBytes(32)
    const made = await keeper.wrap(context, key)
    deepEqual(await keeper.unwrap(context, made), key)
    await rejects(keeper.unwrap(['x'], made), coded('keys.not-authentic'))
    process.kill(running.pid()!, 'SIGKILL')
    for (let left = 20; ; left -= 1) {
      const opened = await keeper.unwrap(context, made).catch((error: unknown) => {
        ok(coded('keys.keeper-unreachable')(error), String(error))
        return undefined
      })
      if (opened !== undefined) {
        deepEqual(opened, key)
        break
      }
      ok(left > 0, 'it never came back')
    }
    await running.stop()
  },
)

test('AWS KMS: each trouble has its own code, and a throttled call is tried again', async () => {
  const keeper = await openKmsKeeper(kmsPlace())
  const made = await keeper.wrap(context, randomBytes(32))
  kms.busy = 2
  await keeper.unwrap(context, made)
  for (const [state, code] of [
    ['Disabled', 'keys.keeper-key-unusable'],
    ['PendingDeletion', 'keys.keeper-key-unusable'],
    ['gone', 'keys.keeper-key-unusable'],
    ['down', 'keys.keeper-unreachable'],
  ] as const) {
    kms.state = state
    await rejects(keeper.unwrap(context, made), coded(code), state)
  }
  kms.state = 'up'
  const impostor = { ...kmsPlace(), secretKeyFile: file('wrong-secret', 'another\n') }
  await rejects(openKmsKeeper(impostor), coded('keys.keeper-denied'))
  ok(kms.heard.some((line) => line.startsWith('Encrypt')))
  await keeper.close()
})

test('a transit engine: each trouble has its own code, and rewrap, which drops what a key is bound to, is never asked', async () => {
  const keeper = await openTransitKeeper(transitPlace())
  const made = await keeper.wrap(context, randomBytes(32))
  const rewrapped = await fetch(`${transit.url}/v1/transit/rewrap/${transit.key}`, {
    method: 'POST',
    headers: { 'x-vault-token': transit.token },
    body: JSON.stringify({ ciphertext: made.wrapped.toString() }),
  })
  equal(rewrapped.status, 400, 'the trap is there')
  transit.heard.length = 0
  await keeper.rotate()
  await keeper.unwrap(context, made)
  ok(!transit.heard.some((line) => line.includes('/rewrap/')))
  for (const [state, code] of [
    ['sealed', 'keys.keeper-unreachable'],
    ['gone', 'keys.keeper-key-unusable'],
  ] as const) {
    transit.state = state
    await rejects(keeper.unwrap(context, made), coded(code), state)
  }
  transit.state = 'up'
  const impostor = { ...transitPlace(), tokenFile: file('wrong-token', 's.other\n') }
  await rejects(openTransitKeeper(impostor), coded('keys.keeper-denied'))
  transit.bindsData = false
  await rejects(openTransitKeeper(transitPlace()), coded('keys.keeper-unfit'), 'a deaf engine')
  transit.bindsData = true
  await keeper.close()
})

test('a keeper file says what is wrong with it, and never repeats a value', () => {
  const wrong = (text: string) => {
    try {
      readKeeperFile(file('wrong-keeper.json', text))
      return undefined
    } catch (error) {
      ok(coded('keys.keeper-file-wrong')(error), String(error))
      return (error as Refusal).message
    }
  }
  ok(wrong('{'))
  ok(wrong('{"kind":"magic"}'))
  ok(
    wrong('{"kind":"transit","url":"http://bao.example","key":"k","tokenFile":"t"}')?.includes(
      'https',
    ),
  )
  ok(wrong('{"kind":"aws-kms","keyArn":"alias/secret-name"}')?.includes('secret-name') === false)
  ok(
    wrong('{"kind":"pkcs11","module":"m","token":"t","key":"k","pin":"1234"}')?.includes('1234') ===
      false,
  )
})
