import { deepEqual, equal, match } from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { anchorTurns, findLogKeys, makeWitness, rootLog, serveWitness, Witness } from '#trail'
import type { Controller } from '#vault'
import {
  certificatesIn,
  parsePolicy,
  parseReceipt,
  parseVerifierKey,
  type Report,
  tlsGet,
  verifyLog,
  zipSource,
} from '../verifier/src/index.ts'
import { asCaller, type Caller, callerWith } from './callers.ts'
import { openHouse, type TestHouse } from './house.ts'
import { seededController, subjectIdsOf } from './incidents-people.ts'
import { noOpenssl, openTsaStandIn } from './tsa-stand-in.ts'

// What a pack shows once others vouch for the root log, and once payloads were erased.

let house: TestHouse
let alder: Controller
let subjects: readonly string[]
let caller: Caller
let now = new Date()
const dir = mkdtempSync(join(tmpdir(), 'holdfast-pack-'))
const closing: (() => Promise<unknown>)[] = []

before(async () => {
  house = await openHouse({ listen: true, now, settings: { privateDestinations: '127.0.0.1' } })
  alder = await seededController(house, 'Alder', { people: 3, canaries: 0 })
  subjects = await subjectIdsOf(house, alder)
  caller = await callerWith(house, { actions: ['trail.*', 'vault.*'] })
  await sign()
})
after(async () => {
  await house.close()
  for (const close of closing) await close()
  rmSync(dir, { recursive: true })
})

async function sign(): Promise<void> {
  now = new Date(now.getTime() + 60_000)
  house.setNow(now)
  await house.integrate()
}

const turn = async (kind: 'witness' | 'timestamp') => {
  const { once } = anchorTurns.find(({ action }) => action === `trail.anchor.${kind}`)!
  while (await once(house.database, house.threshold.asHouse, house.world));
}

async function packOf(query = '') {
  const headers = { authorization: `Bearer ${caller.token}` }
  const get = await tlsGet(headers, house.ca)
  const at = `https://localhost:${house.settings.port}/v1/controllers/${alder.controllerId}/trail/pack${query}`
  const { status, bytes } = await get(at)
  equal(status, 200, Buffer.from(bytes).toString())
  const read = async (from: number, to: number) => bytes.slice(from, to)
  return zipSource('pack.zip', { size: bytes.length, read })
}

const ofSubject = (subjectId: string, method: 'GET' | 'DELETE') =>
  house.request(`/v1/controllers/${alder.controllerId}/subjects/${subjectId}`, {
    method,
    headers: asCaller(caller.token),
  })

const keysOf = async () => (await findLogKeys(house.database))!
const said = ({ lines }: Report) => lines.map(({ mark, text }) => `${mark} ${text}`).join('\n')

test('erasing a subject leaves a pack that says by which entry, and proves all the same', async () => {
  const read = await ofSubject(subjects[0]!, 'GET')
  const receipt = parseReceipt(`holdfast-receipt: ${read.headers['holdfast-receipt']!}`)
  equal((await ofSubject(subjects[0]!, 'DELETE')).status, 200)
  await sign()
  const keys = [parseVerifierKey((await keysOf()).verifierKey(alder.controllerId))]
  const report = await verifyLog(await packOf('?openings=true'), { keys, receipts: [receipt] })
  equal(report.outcome, 'proven', said(report))
  match(said(report), /proven \d+ payloads? w(?:as|ere) erased by entry \d+/)
  match(said(report), /proven The receipt of entry .* is kept: its leaf is entry \d+/)
  const path = `/log/${alder.controllerId}/statements`
  const walked = await house.request(path, { headers: asCaller(caller.token) })
  equal(walked.status, 200)
  const packed = await (await packOf()).read('statements')
  equal(walked.body, Buffer.from(packed!).toString())
  match(walked.body, /^\{"index":\d+,"entryId":"[\da-f-]{36}","statement":"\{.*\}"\}\n$/)
})

test(
  'witnesses and time stamps travel in the pack, and count under the reader’s own keys alone',
  { skip: noOpenssl },
  async () => {
    const tsa = await openTsaStandIn()
    const place = join(dir, 'clinic')
    await makeWitness(place, 'clinic.example/w')
    const witness = await Witness.open(place)
    const keys = await keysOf()
    await witness.addLog(keys.verifierKey(rootLog))
    const { port, close } = await serveWitness(witness, { host: '127.0.0.1', port: 0 })
    closing.push(tsa.close, close)
    const post = async (path: string, json: object) => {
      const init = { method: 'POST', token: caller.token, json } as const
      const { status, body } = await house.request(`/v1/trail/${path}`, init)
      equal(status, 200, body)
    }
    const { ed25519: key } = witness.verifierKeys
    await post('witnesses', { address: `http://127.0.0.1:${port}`, key, heldBy: 'The clinic' })
    await post('authorities', {
      address: tsa.url,
      certificate: tsa.certificate,
      heldBy: 'A notary',
    })
    await sign()
    await turn('witness')
    await turn('timestamp')
    await sign()
    const pack = await packOf()
    const alone = await verifyLog(pack, {
      keys: [parseVerifierKey(keys.verifierKey(alder.controllerId))],
    })
    deepEqual([alone.outcome, alone.rung?.reached], ['proven', 0], said(alone))
    match(said(alone), /told Cosigned by clinic\.example\/w .* that the pack itself names/)
    match(said(alone), /told Stamped by .* leads to no root that you gave/)
    const policy = parsePolicy(
      `log ${keys.verifierKey(rootLog)}\nwitness clinic ${key}\nquorum clinic\n`,
    )
    const witnessed = await verifyLog(pack, { policy })
    deepEqual([witnessed.outcome, witnessed.rung?.reached], ['proven', 2], said(witnessed))
    const tsaRoots = certificatesIn(tsa.ca)
    const dated = await verifyLog(pack, { policy, tsaRoots })
    deepEqual([dated.outcome, dated.rung?.name], ['proven', 'timestamped'], said(dated))
  },
)
