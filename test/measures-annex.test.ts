import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { createWorkload, grantRole, issueCredential } from '#identity'
import { allMeasures, headings } from '#measures'
import { openHouse, type TestHouse } from './house.ts'

const mission = join(import.meta.dirname, '../../shared/MISSION.md')
const skip = existsSync(mission) ? false : 'the mission lies beside the project, and is not here'

interface Promised {
  readonly lines: string[]
  readonly ids: string[]
  readonly kind: string
}

/** Rows of the mission's table: lines, promise, measure ids, class. */
function promisedIn(text: string): Promised[] {
  return text.split('\n').flatMap((row) => {
    const [, lines = '', , ids = '', kind = ''] = row.split('|').map((cell) => cell.trim())
    const codes = lines.split(' ')
    if (!codes.every((code) => /^[AB]\d+$/.test(code))) return []
    return [{ lines: codes, ids: [...ids.matchAll(/`([^`]+)`/g)].map((m) => m[1]!), kind }]
  })
}

test(
  'every promise of the mission has its measures, once, in its class and on its lines',
  { skip },
  () => {
    const promised = promisedIn(readFileSync(mission, 'utf8'))
    ok(promised.length > 40, 'the walk found the table')
    const ids = new Set(promised.flatMap((row) => row.ids))
    const wanted = [...ids].sort().map((id) => {
      const rows = promised.filter((row) => row.ids.includes(id))
      return { id, kind: rows[0]!.kind, lines: rows.flatMap((row) => row.lines).sort() }
    })
    const found = allMeasures
      .filter(({ id }) => ids.has(id))
      .map((m) => ({ id: m.id as string, kind: m.class as string, lines: m.lines.toSorted() }))
      .sort((a, b) => (a.id < b.id ? -1 : 1))
    deepEqual(found, wanted)
  },
)

test('every line of the annex has a measure, and every measure’s line is of the annex', () => {
  const lines = headings.flatMap((heading) => heading.lines.map(({ id }) => id))
  const carried = new Set(allMeasures.flatMap((m) => m.lines))
  deepEqual(
    lines.filter((id) => !carried.has(id)),
    [],
  )
  deepEqual(
    [...carried].filter((id) => !lines.includes(id)),
    [],
  )
})

let house: TestHouse
let token: string
before(async () => {
  house = await openHouse({ listen: true, work: 'with checks' })
  token = await house.act({ action: 'test.set-up' }, async (act) => {
    const { workloadId } = await createWorkload(act, { name: 'auditing' })
    const scope = { controllers: null, categories: null, purposes: null, expiresAt: null }
    await grantRole(act, { actorId: workloadId, role: 'security', ...scope })
    const expiresAt = new Date(act.now.getTime() + 86_400_000)
    return (await issueCredential(act, workloadId, { label: 'test', expiresAt })).token
  })
})
after(() => house.close())

test('a check runs when asked for, and answers with what it saw and the entry that tells of it', async () => {
  const answer = await house.request('/v1/measures/governance.patching/check', {
    method: 'POST',
    token,
  })
  equal(answer.status, 200, answer.body)
  const { outcome, facts, entryId } = answer.json
  ok(['pass', 'fail'].includes(outcome))
  equal(facts.node, process.versions.node)
  match(entryId, /^[0-9a-f-]{36}$/)
  const detail = await house.request('/v1/measures/governance.patching', { token })
  equal(detail.status, 200, detail.body)
  ok(detail.json.observations.some((o: { id: string }) => o.id === answer.json.id))
  equal(detail.json.days.length, 90)
})

test('what nothing proves cannot be checked, and what does not exist is not found', async () => {
  const check = (id: string) => house.request(`/v1/measures/${id}/check`, { method: 'POST', token })
  equal((await check('governance.training')).json.code, 'measures.no-check')
  equal((await check('governance.nothing')).json.code, 'measures.unknown-measure')
  equal((await house.request('/v1/measures/governance.nothing', { token })).status, 404)
})

test('an exception cannot be entered by a program', async () => {
  const answer = await house.request('/v1/measures/governance.training/exceptions', {
    method: 'POST',
    token,
    json: { kind: 'accepted', reason: 'Later.', expires: '2099-01-01T00:00:00Z' },
  })
  equal(answer.json.code, 'measures.exception-needs-person')
})

test('the annex is page, PDF and table of the same facts', async () => {
  const page = await house.request('/v1/annex', { token })
  equal(page.status, 200, page.body)
  equal(page.json.processor, 'Example Processing')
  const shown = [
    ...page.json.headings.flatMap((h: any) => h.lines.flatMap((l: any) => l.measures)),
    ...page.json.beyond,
  ]
  equal(new Set(shown.map((m: { id: string }) => m.id)).size, allMeasures.length)
  const total = Object.values<number>(page.json.summary).reduce((a, b) => a + b, 0)
  equal(total, allMeasures.length)
  const pdf = await house.request('/v1/annex.pdf', { token })
  equal(pdf.headers['content-type'], 'application/pdf')
  equal(pdf.body.slice(0, 5), '%PDF-')
  const csv = await house.request('/v1/annex.csv', { token })
  match(csv.headers['content-type'] ?? '', /^text\/csv/)
  ok(csv.body.split('\r\n').length > 50)
})

test('anyone reads the public annex, and nothing of the inside', async () => {
  const inside = await house.request('/v1/annex')
  equal(inside.status, 401)
  const outside = await house.request('/public/annex')
  equal(outside.status, 200, outside.body)
  deepEqual(Object.keys(outside.json).sort(), [
    'beyond',
    'headings',
    'preparedAt',
    'processor',
    'summary',
  ])
  const measures = outside.json.headings.flatMap((h: any) =>
    h.lines.flatMap((l: any) => l.measures),
  )
  ok(measures.length > 40)
  const allowed = ['statement', 'class', 'state', 'spoken', 'lookedAt', 'verifiedAt']
  for (const measure of measures)
    deepEqual(
      Object.keys(measure).filter((key) => !allowed.includes(key)),
      [],
    )
  ok(!outside.body.includes(process.versions.node), 'versions stay inside')
  const pdf = await house.request('/public/annex.pdf')
  equal(pdf.body.slice(0, 5), '%PDF-')
})
