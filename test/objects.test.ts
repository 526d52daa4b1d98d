import { deepEqual, equal, ok, rejects } from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { ObjectConflict, openObjects } from '#ground'
import type { ObjectStore } from '#kernel'
import { openS3StandIn, type S3StandIn } from './s3-stand-in.ts'

const dir = mkdtempSync(join(tmpdir(), 'holdfast-objects-'))
const now = () => new Date()
let s3: S3StandIn
before(async () => {
  s3 = await openS3StandIn()
})
after(async () => {
  await s3.close()
  rmSync(dir, { recursive: true })
})

const nothing = { dataDir: dir, objectsDir: undefined, objectsFile: undefined }

function fileSaying(place: unknown): string {
  const file = join(mkdtempSync(join(dir, 'place-')), 's3.json')
  writeFileSync(file, typeof place === 'string' ? place : JSON.stringify(place))
  return file
}

const s3Saying = (more: object = {}, clock = now) =>
  openObjects({ ...nothing, objectsFile: fileSaying({ ...s3.place, ...more }) }, clock)

const kinds: readonly (readonly [string, () => Promise<ObjectStore>])[] = [
  ['folder', () => openObjects({ ...nothing, objectsDir: mkdtempSync(join(dir, 'f-')) }, now)],
  ['S3 store', () => s3Saying({ prefix: 'one-house' })],
]

for (const [kind, open] of kinds) {
  test(`a ${kind} writes a key once: the same bytes again are fine, other bytes are a conflict`, async () => {
    const store = await open()
    const bytes = Buffer.from('first')
    await store.putOnce('once/a.b', bytes)
    await store.putOnce('once/a.b', bytes)
    await rejects(store.putOnce('once/a.b', Buffer.from('second')), ObjectConflict)
    deepEqual(await store.get('once/a.b'), bytes)
    equal(await store.get('once/never'), undefined)
    await store.remove('once/a.b')
    await store.remove('once/a.b')
    equal(await store.get('once/a.b'), undefined)
  })

  test(`of twenty writers of one key in a ${kind} one wins, and the object is whole`, async () => {
    const store = await open()
    const told = await Promise.allSettled(
      Array.from({ length: 20 }, (_, i) => store.putOnce('race', Buffer.alloc(100_000, i))),
    )
    const won = told.flatMap(({ status }, i) => (status === 'fulfilled' ? [i] : []))
    equal(won.length, 1)
    deepEqual(await store.get('race'), Buffer.alloc(100_000, won[0]))
  })

  test(`a ${kind} lists what begins with a prefix, in order, page after page`, async () => {
    const store = await open()
    const keys = ['list/b/2', 'list/a', 'list/b/10', 'list/b/1', 'list/bb', 'other/x']
    for (const key of keys) await store.putOnce(key, Buffer.from(key))
    const listed = async (prefix: string) => {
      const all: string[] = []
      for await (const key of store.list(prefix)) all.push(key)
      return all
    }
    deepEqual(await listed('list/b'), ['list/b/1', 'list/b/10', 'list/b/2', 'list/bb'])
    equal((await listed('list/')).length, 5)
    deepEqual(await listed('nothing/here'), [])
  })

  test(`a ${kind} takes no key that could lead elsewhere`, async () => {
    const store = await open()
    for (const key of ['', '/a', 'a/', '../a', 'a/../b', 'a//b', '.a', 'a b', 'a/.x', 'ä']) {
      await rejects(store.putOnce(key, Buffer.alloc(1)), RangeError, key)
    }
  })
}

test('a file of the folder is read-only, and nothing but whole objects lies there', async () => {
  const objectsDir = mkdtempSync(join(dir, 'f-'))
  const store = await openObjects({ ...nothing, objectsDir }, now)
  await store.putOnce('a/b', Buffer.from('x'))
  await rejects(store.putOnce('a/b', Buffer.from('y')))
  equal(statSync(join(objectsDir, 'a/b')).mode & 0o777, 0o400)
  deepEqual(
    new Set(readdirSync(objectsDir, { recursive: true, encoding: 'utf8' })),
    new Set(['a', 'a/b']),
  )
  ok(store.outside)
  equal((await openObjects(nothing, now)).outside, false)
})

test('what is put locked cannot be destroyed until its day, and what is not, can', async () => {
  const store = await s3Saying({ lockDays: 30 })
  await store.putOnce('locked/a', Buffer.from('x'), { locked: true })
  await store.putOnce('free/a', Buffer.from('x'))
  const days = (s3.lockedUntil('locked/a')!.getTime() - Date.now()) / 86_400_000
  ok(days > 29.9 && days <= 30, `${days} days`)
  deepEqual(await store.tryToDestroy('locked/a'), {
    refused: true,
    answer: 'the store answered 403 AccessDenied',
  })
  equal((await store.tryToDestroy('free/a')).refused, false)
  const past = await s3Saying({ lockDays: 1 }, () => new Date('2020-01-01'))
  await past.putOnce('locked/past', Buffer.from('x'), { locked: true })
  deepEqual(await past.tryToDestroy('locked/past'), {
    refused: false,
    answer: 'the store destroyed a locked version',
  })
})

test('a wrong secret is refused by the store, and a store that is down is an error, soon', async () => {
  const stranger = await s3Saying({ secretAccessKey: 'guessed' })
  await rejects(stranger.putOnce('stranger', Buffer.from('x')), { name: 'SignatureDoesNotMatch' })
  equal(s3.objects().has('stranger'), false)
  const store = await s3Saying()
  s3.state = 'down'
  await rejects(store.putOnce('down', Buffer.from('x'))).finally(() => {
    s3.state = 'up'
  })
  await store.putOnce('down', Buffer.from('x'))
})

test('a file that cannot name a store is refused in one sentence that repeats no secret', async () => {
  const { place } = s3
  const wrong = [
    '{',
    '[]',
    { ...place, secretAccessKey: '' },
    { ...place, lockDays: 0 },
    { ...place, lokDays: 3 },
    { ...place, endpoint: 'http://elsewhere.example' },
    { ...place, bucket: '../x' },
  ]
  for (const place of wrong) {
    const objectsFile = fileSaying(place)
    await rejects(openObjects({ ...nothing, objectsFile }, now), (error: Error) => {
      equal(error.name, 'SettingsError')
      ok(!error.message.includes(s3.place.secretAccessKey))
      return true
    })
  }
})
