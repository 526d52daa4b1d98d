import { equal, ok } from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import type { Controller } from '#vault'
import { formatVerifierKey } from '../src/trail/tree/note.ts'
import { newKeyPair } from '../src/trail/tree/signer.ts'
import { asCaller, type Caller, callerWith } from './callers.ts'
import { openHouse, type TestHouse } from './house.ts'
import { seededController, subjectIdsOf } from './incidents-people.ts'
import { openS3StandIn, type S3StandIn } from './s3-stand-in.ts'

// Object store and witness take a connection and never answer, while the loops turn.

const dir = mkdtempSync(join(tmpdir(), 'holdfast-must-'))
const hanging = createServer(() => {})
let s3: S3StandIn
let house: TestHouse
let alder: Controller
let reader: Caller
let subjectId: string

before(async () => {
  s3 = await openS3StandIn()
  s3.state = 'hang'
  await new Promise<void>((resolve) => hanging.listen(0, '127.0.0.1', resolve))
  const objectsFile = join(dir, 's3.json')
  writeFileSync(objectsFile, JSON.stringify({ ...s3.place, lockDays: 1 }))
  house = await openHouse({
    listen: true,
    work: true,
    settings: { objectsFile, privateDestinations: '127.0.0.1' },
  })
  alder = await seededController(house, 'Alder', { people: 2, canaries: 0 })
  reader = await callerWith(house, { actions: ['vault.*', 'trail.*'] })
  subjectId = (await subjectIdsOf(house, alder))[0]!
})
after(async () => {
  await house.close()
  await s3.close()
  hanging.close()
  rmSync(dir, { recursive: true })
})

test('requests go on while store and witness hang, and each is shown failing', async () => {
  const url = `http://127.0.0.1:${(hanging.address() as AddressInfo).port}`
  const key = formatVerifierKey('w.example/w', 4, newKeyPair('ed25519').publicKey)
  await house.owner.run({
    text: `insert into trail.anchor (anchor_id, kind, name, url, key, held_by, every_minutes, added_at)
      values (gen_random_uuid(), 'witness', 'w.example/w', $1, $2, 'x', 1, now())`,
    values: [url, key],
  })
  const headers = asCaller(reader.token)
  const path = `/v1/controllers/${alder.controllerId}/subjects/${subjectId}`
  const anchors = async () =>
    (await house.request('/v1/trail/anchors', { token: reader.token })).json.items as {
      kind: string
      failure?: string
    }[]
  const until = performance.now() + 60_000
  let slowest = 0
  for (;;) {
    const began = performance.now()
    const { status, body } = await house.request(path, { headers })
    slowest = Math.max(slowest, performance.now() - began)
    equal(status, 200, body)
    const failing = (await anchors()).filter(({ failure }) => failure?.includes('in time') === true)
    if (failing.length === 2) break
    ok(performance.now() < until, JSON.stringify(await anchors()))
    await setTimeout(500)
  }
  ok(slowest < 3000, `the slowest read took ${slowest} ms`)
})
