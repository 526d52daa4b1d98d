import { deepEqual, equal, ok } from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { countsOf } from '#vault'
import { ask, asCaller, callerWith } from './callers.ts'
import { holdfast } from './command-line.ts'
import { openHouse, type TestHouse } from './house.ts'

// The end of a contract: everything is given back, and only then destroyed (GDPR Art. 28(3)(g)).

let house: TestHouse
let dir: string
let token: string
let headers: Readonly<Record<string, string>>

before(async () => {
  house = await openHouse({ listen: true })
  dir = mkdtempSync(join(tmpdir(), 'holdfast-return-'))
  token = (await callerWith(house, { actions: ['vault.*', 'keys.*'] })).token
  headers = asCaller(token)
})
after(async () => {
  await house.close()
  rmSync(dir, { recursive: true, force: true })
})

async function send(method: string, path: string, json?: unknown, as = headers) {
  const answer = await ask({ port: house.settings.port, ca: house.ca }, path, {
    method,
    headers: { ...as, ...(json === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
  })
  return { status: answer.status, body: answer.body, json: () => JSON.parse(answer.body) }
}

const content = randomBytes(300_001)

interface Kept {
  readonly controllerId: string
  readonly at: string
}

/** A controller of three people: one restricted, one with a file of several chunks. */
async function newController(name: string, more: object = {}): Promise<Kept> {
  const contract = {
    name,
    categories: [
      { name: 'contact', fields: [{ name: 'name', kind: 'text' }], retainDays: 90 },
      { name: 'health', fields: [{ name: 'note', kind: 'text' }], retainDays: 90 },
    ],
    purposes: [{ name: 'care', categories: ['contact', 'health'] }],
    breachContacts: [{ name: 'Olive Officer', email: 'olive@alder.example' }],
    ...more,
  }
  const { controllerId } = (await send('POST', '/v1/controllers', contract)).json()
  const at = `/v1/controllers/${controllerId}`
  const ids: string[] = []
  for (const n of [1, 2, 3]) {
    const record = { subjectKey: `K-${n}`, category: 'contact', fields: { name: `Ada ${n}` } }
    ids.push((await send('PUT', `${at}/records`, record)).json().subjectId)
  }
  const flags = { restricted: true }
  equal((await send('PATCH', `${at}/subjects/${ids[1]}`, flags)).status, 200)
  const about = { category: 'health', name: 'scan "1".png', mediaType: 'image/png' }
  const { attachmentId } = (
    await send('POST', `${at}/subjects/${ids[2]}/attachments`, about)
  ).json()
  const put = await ask(
    { port: house.settings.port, ca: house.ca },
    `${at}/attachments/${attachmentId}/content`,
    {
      method: 'PUT',
      headers: { ...headers, 'content-type': 'application/octet-stream' },
      body: content,
    },
  )
  equal(put.status, 200, put.body)
  return { controllerId, at }
}

const sha256 = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest('hex')

test('closed for its return, a controller takes nothing in and gives nothing out but the return', async () => {
  const { controllerId, at } = await newController('Alder Clinic')
  deepEqual((await send('GET', `${at}/offboard`)).json(), {
    state: 'active',
    subjects: 3,
    records: 3,
    files: 1,
    fileBytes: content.length,
    tokens: 0,
    held: 0,
    openRequests: 0,
    byTwo: false,
    closedBy: null,
    returned: false,
  })
  equal((await send('GET', `${at}/return`)).json().code, 'vault.controller-not-closed')
  equal(
    (await send('POST', `${at}/offboard`, { name: 'Alder' })).json().code,
    'vault.name-not-confirmed',
  )
  const closed = await send('POST', `${at}/offboard`, { name: 'Alder Clinic' })
  deepEqual([closed.status, closed.json().state], [200, 'returning'], closed.body)
  const record = { subjectKey: 'K-9', category: 'contact', fields: { name: 'Eve' } }
  equal((await send('PUT', `${at}/records`, record)).json().code, 'vault.controller-left')
  equal((await send('GET', `${at}/export`)).json().code, 'vault.controller-left')

  const name = 'Alder Clinic'
  const leave = (more: object) => send('POST', `${at}/leave`, { name, ...more })
  equal((await leave({})).json().code, 'vault.not-returned', 'nothing was fetched yet')
  const returned = await send('GET', `${at}/return`)
  const archive = returned.json()
  deepEqual(
    archive.records.map((r: any) => [r.subjectKey, r.fields.name, r.restricted ?? false, r.masked]),
    [
      ['K-1', 'Ada 1', false, false],
      ['K-2', 'Ada 2', true, false],
      ['K-3', 'Ada 3', false, false],
    ],
  )
  deepEqual([archive.recordsTotal, archive.subjectsWithheld, archive.filesTotal], [3, 0, 1])
  const [file] = archive.files
  deepEqual([file.subjectKey, file.name, file.sizeBytes], ['K-3', 'scan "1".png', content.length])
  ok(Buffer.from(file.content, 'base64').equals(content), 'the file, byte for byte')
  equal(file.sha256, sha256(content))

  equal((await send('GET', `${at}/offboard`)).json().returned, true)
  equal((await leave({})).json().code, 'vault.not-returned', 'fetched, but nobody shows it')
  const torso = sha256(returned.body.slice(0, -1))
  equal((await leave({ archiveSha256: torso })).json().code, 'vault.not-returned')
  const left = await leave({ archiveSha256: sha256(returned.body) })
  deepEqual([left.status, left.json().state], [200, 'left'], left.body)
  deepEqual(await countsOf(house.owner, controllerId), { subjects: 0, records: 0 })

  const { at: other } = await newController('Birch Clinic')
  const taken = await ask({ port: house.settings.port, ca: house.ca }, `${other}/imports`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/vnd.holdfast.archive+json' },
    body: returned.body,
  })
  const report = JSON.parse(taken.body)
  deepEqual(
    [report.rowsRead, report.rowsStored, report.errors.map(({ code }: any) => code)],
    [3, 2, ['vault.row-restricted']],
    taken.body,
  )
})

test('opened again, a controller works as before, and the earlier return counts no more', async () => {
  const { at } = await newController('Cedar Clinic')
  const name = 'Cedar Clinic'
  await send('POST', `${at}/offboard`, { name })
  const archiveSha256 = sha256((await send('GET', `${at}/return`)).body)
  equal((await send('DELETE', `${at}/offboard`)).json().state, 'active')
  equal((await send('DELETE', `${at}/offboard`)).json().code, 'vault.controller-not-closed')
  const record = { subjectKey: 'K-9', category: 'contact', fields: { name: 'Eve' } }
  equal((await send('PUT', `${at}/records`, record)).status, 200)
  await send('POST', `${at}/offboard`, { name })
  const leave = await send('POST', `${at}/leave`, { name, archiveSha256 })
  equal(leave.json().code, 'vault.not-returned', 'Eve was not in it')
})

test('a return asks for every category in full, and for two people where there are many', async () => {
  const { controllerId, at } = await newController('Dogwood Clinic', { exportAlone: 2 })
  const close = await send('POST', `${at}/offboard`, { name: 'Dogwood Clinic' })
  equal(close.json().code, 'vault.persons-decide', 'a program closes no house of many')
  const { at: few } = await newController('Elm Clinic')
  await send('POST', `${few}/offboard`, { name: 'Elm Clinic' })
  const blind = asCaller((await callerWith(house, { actions: ['vault.record.export'] })).token)
  equal((await send('GET', `${few}/return`, undefined, blind)).status, 403)
  // Closed by whoever fetches it, as a person might have.
  const { actor_id: me } = (await house.owner.first<{ actor_id: string }>({
    text: `select closed_by as actor_id from vault.controller where state = 'returning'
           and controller_id = $1`,
    values: [few.split('/').at(-1)],
  }))!
  const set = (by: string) =>
    house.owner.run({
      text: `update vault.controller set state = 'returning', closed_by = $2 where controller_id = $1`,
      values: [controllerId, by],
    })
  await set(me)
  equal((await send('GET', `${at}/return`)).json().code, 'vault.approval-needed')
  await set('somebody else')
  equal((await send('GET', `${at}/return`)).json().recordsTotal, 3)
})

test('one command closes, fetches and ends a controller, and destroys nothing when the file is in the way', async () => {
  const { controllerId, at } = await newController('Fir Clinic')
  const file = join(dir, 'fir.archive.json')
  const tokenFile = join(dir, 'token')
  writeFileSync(tokenFile, token, { mode: 0o600 })
  const run = async (...flags: string[]) => {
    const words = ['vault', 'controller', 'offboard', controllerId, '--to', file, ...flags]
    const { code, out, error } = await holdfast({
      args: [...words, '--token-file', tokenFile],
      env: {
        HOLDFAST_DATA: house.settings.dataDir,
        HOLDFAST_URL: `https://localhost:${house.settings.port}`,
      },
    })
    return { code, said: `${out}${error}` }
  }
  writeFileSync(file, 'keep me')
  equal((await run('--name', 'Fir Clinic')).code, 1)
  equal((await send('GET', at)).json().state, 'active')
  rmSync(file)
  const done = await run('--name', 'Fir Clinic')
  equal(done.code, 0, done.said)
  equal(JSON.parse(readFileSync(file, 'utf8')).filesTotal, 1)
  ok(!existsSync(`${file}.part`))
  equal((await send('GET', at)).json().state, 'left')
})
