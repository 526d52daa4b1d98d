import { deepEqual, equal, notEqual, ok, rejects } from 'node:assert/strict'
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { renewSubjectKeys, subjectKeys } from '#keys'
import { unpackTouched } from '#trail'
import { vault } from '#vault'
import { sealAttachmentsAnew } from '../src/vault/attachments/acts.ts'
import { searchFiles } from './byte-search.ts'
import { ask, asCaller, callerWith } from './callers.ts'
import { openHouse, type TestHouse } from './house.ts'

const begun = new Date()
const dayMs = 86_400_000
const after30 = new Date(begun.getTime() + 30 * dayMs + 1000)
const after90 = new Date(begun.getTime() + 90 * dayMs + 1000)
let house: TestHouse
let port: number
let controllerId: string
let subjectId: string
/** May do everything in the vault. */
let full: Readonly<Record<string, string>>
/** May list and read, and reveals nothing. */
let masked: Readonly<Record<string, string>>

const contract = {
  name: 'Alder Clinic',
  categories: [
    { name: 'contact', fields: [{ name: 'name', kind: 'text' }], retainDays: 90 },
    { name: 'findings', fields: [{ name: 'note', kind: 'text' }], retainDays: 30 },
  ],
  purposes: [{ name: 'care', categories: ['contact', 'findings'] }],
  breachContacts: [{ name: 'Olive Officer', email: 'olive@alder.example' }],
}
const marker = 'Wilhelmina Quackenbush-4711'

before(async () => {
  house = await openHouse({ now: begun })
  port = (await house.listen(0)).port
  const expiresAt = new Date(begun.getTime() + 120 * dayMs)
  full = asCaller((await callerWith(house, { actions: ['vault.*'], expiresAt })).token)
  const actions = ['vault.attachment.list', 'vault.attachment.read']
  masked = asCaller((await callerWith(house, { actions })).token)
  controllerId = (await send('POST', '/v1/controllers', contract)).json.controllerId
  subjectId = await newSubject()
})
after(() => house.close())

async function send(method: string, path: string, json?: unknown, headers = full) {
  const answer = await ask({ port, ca: house.ca }, path, {
    method,
    headers: json === undefined ? headers : { ...headers, 'content-type': 'application/json' },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
  })
  return { status: answer.status, json: JSON.parse(answer.body) }
}

const of = (rest: string) => `/v1/controllers/${controllerId}${rest}`

async function newSubject(): Promise<string> {
  const record = { subjectKey: randomUUID(), category: 'contact', fields: { name: 'Wilhelmina' } }
  return (await send('PUT', of('/records'), record)).json.subjectId
}

async function announce(whose = subjectId, more: object = {}): Promise<string> {
  const file = { category: 'findings', name: `${marker}.pdf`, mediaType: 'application/pdf' }
  const { status, json } = await send('POST', of(`/subjects/${whose}/attachments`), {
    ...file,
    ...more,
  })
  equal(status, 200, JSON.stringify(json))
  return json.attachmentId
}

async function upload(attachmentId: string, body: Uint8Array | AsyncIterable<Uint8Array>) {
  const answer = await ask({ port, ca: house.ca }, of(`/attachments/${attachmentId}/content`), {
    method: 'PUT',
    headers: { ...full, 'content-type': 'application/octet-stream' },
    body,
  })
  return { status: answer.status, json: JSON.parse(answer.body) }
}

/** A file's bytes. @throws when the connection breaks before they end. */
function download(
  attachmentId: string,
  headers = full,
  path = `/attachments/${attachmentId}/content`,
): Promise<{ status: number; bytes: Buffer }> {
  return new Promise((resolve, reject) => {
    const call = request(
      {
        host: '127.0.0.1',
        servername: 'localhost',
        port,
        ca: house.ca,
        agent: false,
        path: of(path),
        headers,
      },
      (answer) => {
        const pieces: Buffer[] = []
        answer.on('data', (piece: Buffer) => pieces.push(piece))
        answer.on('error', reject)
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, bytes: Buffer.concat(pieces) }),
        )
      },
    )
    call.on('error', reject)
    call.end()
  })
}

const codeOf = async (answer: Promise<{ status: number; bytes: Buffer }>) =>
  JSON.parse((await answer).bytes.toString()).code

const objects = () => join(house.settings.dataDir, 'objects')
const objectsOf = (attachmentId: string) => {
  try {
    return readdirSync(join(objects(), 'attachments', controllerId, attachmentId)).sort()
  } catch {
    return []
  }
}

const runJob = (action: string) =>
  vault.jobs!.find((job) => job.action === action)!.run(house.threshold.asHouse, {}, house.world)

const stateOf = async (attachmentId: string) =>
  (
    await house.owner.first<{ state: string }>({
      text: 'select state from vault.attachment where attachment_id = $1',
      values: [attachmentId],
    })
  )?.state

async function lastSet(action: string) {
  const row = await house.owner.first<{ touched: Buffer | null }>({
    text: `select touched from trail.entry where action = $1 and outcome = 'done'
      and touched is not null order by at desc, id desc limit 1`,
    values: [action],
  })
  return row?.touched == null ? [] : unpackTouched(row.touched)
}

/** Two parts and some chunks, with a marker at a known place. */
const content = Buffer.concat([randomBytes(5_000_000), Buffer.from(marker)])
let kept: string

test('a file comes up as a stream, is listed, and comes down the same, each with its exact set', async () => {
  kept = await announce()
  equal((await download(kept)).status, 404, 'there is no content yet')
  const put = await upload(kept, content)
  equal(put.status, 200, JSON.stringify(put.json))
  const sha256 = createHash('sha256').update(content).digest('hex')
  deepEqual([put.json.sizeBytes, put.json.sha256], [content.length, sha256])
  equal(put.json.eraseAfter, new Date(begun.getTime() + 30 * dayMs).toISOString())
  deepEqual(objectsOf(kept), ['00000000', '00000001'])
  const [set] = await lastSet('vault.attachment.put')
  const listed = await send('GET', of(`/subjects/${subjectId}/attachments`))
  const [one] = listed.json.items
  deepEqual(
    [one.attachmentId, one.name, one.mediaType, one.sha256, one.category, one.masked],
    [kept, `${marker}.pdf`, 'application/pdf', sha256, 'findings', false],
  )
  deepEqual(await lastSet('vault.attachment.list'), [set])
  const { status, bytes } = await download(kept)
  equal(status, 200)
  ok(bytes.equals(content))
  deepEqual(await lastSet('vault.attachment.read'), [set])
  equal((await upload(kept, content)).json.code, 'vault.unknown-attachment', 'it came once')
})

test('neither its content nor its name lies anywhere in the clear', async () => {
  const searched = searchFiles(house.settings.dataDir, [marker])
  ok(searched.bytes > content.length, 'the files were searched')
  deepEqual(searched.found, [])
  const rows = await house.owner.rows<{ row: string }>({
    text: `select a::text as row from vault.attachment a
      union all select encode(about, 'escape') from vault.attachment`,
  })
  ok(rows.length >= 2)
  ok(rows.every(({ row }) => !row.includes('Quackenbush')))
})

test('who may not reveal sees that there is a file, and neither its name nor its content', async () => {
  const listed = await send('GET', of(`/subjects/${subjectId}/attachments`), undefined, masked)
  const [one] = listed.json.items
  deepEqual(
    [one.name, one.mediaType, one.sha256, one.masked, one.sizeBytes],
    ['•••', '•••', '', true, content.length],
  )
  equal(await codeOf(download(kept, masked)), 'vault.attachment-masked')
})

test('a file that is too large, breaks off or is empty of sense leaves nothing', async () => {
  await send('PUT', of('/attachment-limit'), { largestMib: 1 })
  const large = await announce()
  const refused = await upload(large, randomBytes(1_048_577))
  deepEqual([refused.status, refused.json.code], [413, 'vault.attachment-too-large'])
  deepEqual([objectsOf(large), await stateOf(large)], [[], 'gone'])
  const exact = await announce()
  equal((await upload(exact, randomBytes(1_048_576))).status, 200)
  await send('PUT', of('/attachment-limit'), { largestMib: 100 })

  const broken = await announce()
  async function* breaking(): AsyncGenerator<Uint8Array> {
    yield randomBytes(4_500_000)
    throw new Error('cable')
  }
  const sending = request({
    host: '127.0.0.1',
    servername: 'localhost',
    port,
    ca: house.ca,
    method: 'PUT',
    path: of(`/attachments/${broken}/content`),
    headers: { ...full, 'content-type': 'application/octet-stream' },
  })
  sending.on('error', () => {})
  for await (const piece of breaking()) {
    sending.write(piece)
    while (objectsOf(broken).length === 0) await new Promise((go) => setTimeout(go, 20))
    break
  }
  sending.destroy()
  while ((await stateOf(broken)) === 'arriving' || objectsOf(broken).length > 0)
    await new Promise((go) => setTimeout(go, 20))
  deepEqual([objectsOf(broken), await stateOf(broken)], [[], 'gone'])
  await runJob('vault.sweep-attachments')
  deepEqual([await stateOf(broken), await stateOf(large)], [undefined, undefined])

  const named = of(`/subjects/${subjectId}/attachments`)
  const wrong = { category: 'findings', name: 'a\nb', mediaType: 'application/pdf' }
  equal((await send('POST', named, wrong)).json.code, 'vault.attachment-name-malformed')
  const nowhere = { category: 'nothing', name: 'a', mediaType: 'a/b' }
  equal((await send('POST', named, nowhere)).json.code, 'vault.unknown-category')
})

test('bytes changed or lost in the store never come out as a file', async () => {
  const id = await announce()
  const bytes = randomBytes(4_500_000)
  await upload(id, bytes)
  const place = join(objects(), 'attachments', controllerId, id, '00000001')
  const part = readFileSync(place)
  const { chmodSync, rmSync } = await import('node:fs')
  chmodSync(place, 0o600)
  const changed = Buffer.from(part)
  changed[changed.length - 20]! ^= 1
  writeFileSync(place, changed)
  await rejects(download(id))
  rmSync(place)
  await rejects(download(id))
  writeFileSync(place, part)
  ok((await download(id)).bytes.equals(bytes))
})

test('a file opens under its subject’s next key, and its bytes stay where they are', async () => {
  const scope = { controllerId }
  const key = async () =>
    (
      await house.owner.first<{ id: string }>({
        text: 'select key_id as id from vault.attachment where attachment_id = $1',
        values: [kept],
      })
    )?.id
  const before = await key()
  await house.act({ action: 'test', scope }, (act) => renewSubjectKeys(act, [subjectId]))
  ok((await download(kept)).bytes.equals(content), 'before it is sealed anew')
  await house.act({ action: 'test', scope }, async (act) => {
    await sealAttachmentsAnew(act, await subjectKeys(act, [subjectId]), [subjectId])
  })
  notEqual(await key(), before)
  ok((await download(kept)).bytes.equals(content))
})

test('another controller’s caller reaches no file', async () => {
  const other = (await send('POST', '/v1/controllers', { ...contract, name: 'Birch' })).json
  const only = [other.controllerId]
  const caller = await callerWith(house, { actions: ['vault.*'], controllers: only })
  equal((await download(kept, asCaller(caller.token))).status, 403)
  const across = `/v1/controllers/${other.controllerId}/attachments/${kept}`
  equal((await send('GET', `${across}/content`)).json.code, 'vault.unknown-attachment')
  equal((await send('DELETE', across)).json.code, 'vault.unknown-attachment')
})

test('a subject’s own copy names its files and gives them out, restricted or not, and nobody else’s', async () => {
  const whose = await newSubject()
  const [letter, foreign] = [await announce(whose), await announce()]
  for (const id of [letter, foreign]) await upload(id, Buffer.from('a letter'))
  await send('PATCH', of(`/subjects/${whose}`), { restricted: true })
  const ask = { kind: 'access', asked: 'all of it', subjectId: whose }
  const { requestId } = (await send('POST', of('/subject-requests'), ask)).json
  const path = `/subject-requests/${requestId}`
  const file = (id: string, headers = full) => download(id, headers, `${path}/files/${id}`)
  equal(await codeOf(file(letter)), 'vault.not-instructed')
  await send('POST', of(`${path}/instruct`), { comply: true, instruction: 'Give it.' })
  equal((await file(letter)).bytes.toString(), 'a letter')
  equal(await codeOf(file(foreign)), 'vault.unknown-attachment')
  const only = ['contact']
  const partly = await callerWith(house, { actions: ['vault.*'], categories: only })
  equal(await codeOf(file(letter, asCaller(partly.token))), 'identity.not-permitted')
  const copy = (await send('POST', of(`${path}/answer`))).json
  deepEqual(
    copy.files.map(({ attachmentId, name, sizeBytes, sha256 }: Record<string, unknown>) => [
      attachmentId,
      name,
      sizeBytes,
      sha256,
    ]),
    [[letter, `${marker}.pdf`, 8, createHash('sha256').update('a letter').digest('hex')]],
  )
  equal((await lastSet('vault.request.answer')).length, 2, 'its record and its file')
  equal((await file(letter)).bytes.toString(), 'a letter', 'once more, what broke off')
  house.setNow(new Date(begun.getTime() + 8 * dayMs))
  equal(await codeOf(file(letter)), 'vault.request-ended')
  house.setNow(begun)
})

test('restricted it stays unread, held it stays, and erased it is gone with its bytes', async () => {
  const whose = await newSubject()
  const [first, second] = [await announce(whose), await announce(whose)]
  for (const id of [first, second]) await upload(id, Buffer.from('a letter'))
  const flag = (json: object) => send('PATCH', of(`/subjects/${whose}`), json)
  await flag({ restricted: true, held: true })
  equal(await codeOf(download(first)), 'vault.subject-restricted')
  await flag({ restricted: false })
  const erase = () => send('DELETE', of(`/attachments/${first}`))
  equal((await erase()).json.code, 'vault.legal-hold')
  await flag({ held: false })
  equal((await erase()).status, 200)
  equal(await codeOf(download(first)), 'vault.unknown-attachment')
  equal((await download(second)).bytes.toString(), 'a letter')
  const erased = await send('DELETE', of(`/subjects/${whose}`))
  deepEqual([erased.status, erased.json.categories.sort()], [200, ['contact', 'findings']])
  equal(await codeOf(download(second)), 'vault.unknown-attachment')
  await runJob('vault.sweep-attachments')
  deepEqual([...objectsOf(first), ...objectsOf(second)], [])
  equal(await stateOf(second), undefined)
})

test('a file ends with the time of its category, and a subject with its last file', async () => {
  const whose = await newSubject()
  const id = await announce(whose)
  await upload(id, Buffer.from('for thirty days'))
  house.setNow(after30)
  equal(await codeOf(download(id)), 'vault.unknown-attachment')
  await runJob('vault.erase-due-attachments')
  equal(await stateOf(id), 'gone')
  house.setNow(begun)
  equal((await send('GET', of(`/subjects/${whose}`))).status, 200)

  const last = await announce(whose, { category: 'contact' })
  await upload(last, Buffer.from('for ninety days'))
  house.setNow(after90)
  await runJob('vault.erase-due')
  await runJob('vault.erase-due-attachments')
  await runJob('vault.sweep-attachments')
  equal((await send('GET', of(`/subjects/${whose}`))).json.code, 'vault.subject-erased')
  deepEqual(objectsOf(last), [])
})

test('nothing of all this was a fault, but what was broken on purpose', () => {
  deepEqual(
    house.faults.filter(({ error }) => (error as Error).name !== 'NotAuthentic'),
    [],
  )
})
