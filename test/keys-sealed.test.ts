import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict'
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Refusal } from '#kernel'
import { keys, moveKeyring, openKeyring } from '#keys'
import { openHouse as open } from '../src/house.ts'
import { openHouse, type TestHouse } from './house.ts'
import { openTransitStandIn, type TransitStandIn } from './transit-stand-in.ts'

// Who keeps the root may be away: when the house starts, and while it runs.

const dir = mkdtempSync(join(tmpdir(), 'holdfast-sealed-'))
let transit: TransitStandIn
let house: TestHouse
before(async () => {
  transit = await openTransitStandIn()
  transit.state = 'sealed'
  writeFileSync(join(dir, 'token'), `${transit.token}\n`, { mode: 0o600 })
  writeFileSync(
    join(dir, 'keeper.json'),
    JSON.stringify({ kind: 'transit', url: transit.url, key: transit.key, tokenFile: 'token' }),
  )
  house = await openHouse({
    listen: true,
    work: true,
    settings: { keeperFile: join(dir, 'keeper.json') },
  })
})
after(async () => {
  await house.close()
  await transit.close()
  rmSync(dir, { recursive: true, force: true })
})

const custody = () =>
  keys.measures!.find(({ id }) => id === 'keys.custody')!.check!(
    house.threshold.asHouse,
    house.world,
    new Date(),
  )

test('without its keeper the house stands, says that it is sealed, and does nothing', async () => {
  match(house.keyring.sealedWhy!, /does not answer/)
  const health = await house.request('/healthz')
  deepEqual([health.status, health.json], [503, { state: 'keys sealed' }])
  for (const path of ['/v1/keys', '/v1/controllers']) {
    const { status, json } = await house.request(path)
    deepEqual([status, json.code], [503, 'keys.sealed'], path)
  }
  await rejects(
    house.act({ action: 'keys.test.try' }, async () => 'done'),
    (error: unknown) => error instanceof Refusal && error.code === 'keys.sealed',
  )
  deepEqual(
    house.faults.filter(({ error }) => !(error instanceof Refusal)),
    [],
  )
  equal(
    (await house.owner.first<{ n: number }>({ text: 'select count(*) as n from trail.entry' }))!.n,
    0,
  )
})

test('when the keeper answers, the house opens by itself and names it', async () => {
  transit.state = 'up'
  await house.opened
  equal((await house.request('/healthz')).status, 200)
  equal((await house.request('/v1/controllers')).status, 401, 'it asks who is there again')
  const evidence = await custody()
  ok(evidence.holds)
  match(evidence.finding, /transit key holdfast at http/)
  equal(evidence.facts['nonExtractable'], true)
})

test('a keeper that goes away later stops nobody, and the measure of custody says so', async () => {
  transit.state = 'sealed'
  await house.act({ action: 'keys.test.try' }, async () => 'done')
  const evidence = await custody()
  equal(evidence.holds, false)
  match(evidence.finding, /Asked just now, it does not open the root/)
  transit.state = 'up'
  ok((await custody()).holds)
})

test("a root rotation turns the keeper's own key, and everything still opens after a new start", async () => {
  const sealed = house.keyring.seal('house', ['a', 'b'], Buffer.from('said'))
  await house.keyring.rotateRoot()
  ok(transit.heard.some((line) => line.includes('/rotate')))
  const again = await openKeyring({
    dir: join(house.settings.dataDir, 'keys'),
    keeperFile: join(dir, 'keeper.json'),
    now: () => new Date(),
  })
  equal(again.unseal('house', ['a', 'b'], sealed).toString(), 'said')
})

test('the root moves to another keeper and back; the one before opens nothing any more', async () => {
  const place = join(dir, 'moved', 'keys')
  const now = () => new Date()
  const before = await openKeyring({ dir: place, now })
  const sealed = before.seal('house', ['a', 'b'], Buffer.from('said'))
  const keeperFile = join(dir, 'keeper.json')
  await moveKeyring({ dir: place, now }, { dir: place, keeperFile })
  const moved = await openKeyring({ dir: place, keeperFile, now })
  equal(moved.custody().kind, 'transit')
  equal(moved.rootVersions().length, 1)
  equal(moved.unseal('house', ['a', 'b'], sealed).toString(), 'said')
  await rejects(openKeyring({ dir: place, now }), { code: 'keys.other-keeper' })
  await moveKeyring({ dir: place, keeperFile, now }, { dir: place })
  const back = await openKeyring({ dir: place, now })
  equal(back.unseal('house', ['a', 'b'], sealed).toString(), 'said')
})

test('a keyring that is gone is not replaced by an empty one: the start says what to put back', async () => {
  const keysDir = join(house.settings.dataDir, 'keys')
  const kept = join(dir, 'kept')
  cpSync(keysDir, kept, { recursive: true })
  for (const file of [keysDir, join(keysDir, 'copy')])
    for (const name of readdirSync(file))
      if (/\.(?:json|sealed)$/.test(name)) rmSync(join(file, name))
  const start = () =>
    open({
      settings: { ...house.settings, port: 0 },
      databaseUrl: house.ownerUrl,
      onFault: () => {},
    })
  await rejects(start(), (error: unknown) => {
    ok(error instanceof Refusal && error.code === 'keys.keyring-lost')
    match(error.message, /newest bundle in backups\/keyring/)
    return true
  })
  deepEqual(
    readdirSync(keysDir).filter((name) => name.endsWith('.sealed')),
    [],
    'nothing was made',
  )
  cpSync(kept, keysDir, { recursive: true })
  await (await start()).close()
})
