import { deepEqual, equal, ok, rejects } from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { unpackTouched } from '#trail'
import { type Controller, eraseSubject, vault } from '#vault'
import type { Actor, Cross } from '#kernel'
import { anonymiseOver } from '../src/vault/retention/anonymise-flow.ts'
import { remainsOfController } from '../src/vault/retention/remains-store.ts'
import type { AnonymiseRule } from '../src/vault/controllers/contract.ts'
import { previewRule } from '../src/vault/retention/preview-acts.ts'
import { makeTokens, openTokens } from '../src/vault/tokens/acts.ts'
import {
  listTokenFields,
  type Revoking,
  revokeTokens,
  setTokenPolicy,
  type TokenField,
} from '../src/vault/tokens/policy-acts.ts'
import { passesLuhn, type TokenForm, type TokenPattern } from '../src/vault/tokens/token.ts'
import { openHouse, type TestHouse } from './house.ts'
import { inController, personWith, takeIn, type Who } from './vault-people.ts'

let house: TestHouse
let clinic: Controller
let here: ReturnType<typeof inController>
const start = new Date('2026-03-01T12:00:00Z')
const day = 86_400_000

before(async () => {
  house = await openHouse({ now: start })
  clinic = await takeIn(house)
  here = inController(house, clinic)
})
after(() => house.close())

const iban = 'DE02 1203 0000 0000 2020 51'
const billing = { purpose: 'billing' }
const put = async (subjectKey: string) => {
  const fields = { name: 'Ada', iban }
  const [stored] = await here.put([{ subjectKey, category: 'contact', fields }], billing)
  return stored!.subjectId
}
const make = (subjectId: string, field = 'iban', who: Who = billing, pattern?: TokenPattern) =>
  here.act(
    'vault.token.make',
    (act) => makeTokens(act, [{ subjectId, category: 'contact', field }], pattern),
    who,
  )
const open = (tokens: readonly string[], who: Who = billing) =>
  here.look('vault.token.open', (act) => openTokens(act, tokens), who)

test('a token stands for the value as it is now, for the purposes that may use the field', async () => {
  const id = await put('T-1')
  const [made] = await make(id)
  deepEqual(await open([made!.token]), [{ ...made!, value: iban }])
  const row = { subjectKey: 'T-1', category: 'contact', fields: { name: 'Ada', iban: 'DE00' } }
  await here.put([row], billing)
  equal((await open([made!.token]))[0]?.value, 'DE00')
  await rejects(open([made!.token], { purpose: 'care' }), { code: 'vault.field-outside-purpose' })
  await rejects(make(id, 'iban', { purpose: 'care' }), { code: 'vault.field-outside-purpose' })
  const actor = personWith({ actions: ['vault.token.open'], categories: ['health'] })
  await rejects(open([made!.token], { ...billing, actor }), { code: 'identity.not-permitted' })
})

test('opening leaves an entry with the exact record, and no token lies in the table', async () => {
  const id = await put('T-2')
  const [made] = await make(id)
  await open([made!.token])
  const entry = await house.owner.first<{ touched: Buffer }>({
    text: `select touched from trail.entry where action = 'vault.token.open' and outcome = 'done'
      order by id desc limit 1`,
  })
  const [touch, ...others] = unpackTouched(entry!.touched)
  equal(others.length, 0)
  const record = await house.owner.first<{ ordinal: number }>({
    text: 'select ordinal from vault.record where subject_id = $1',
    values: [id],
  })
  equal(touch!.record, record!.ordinal)
  const rows = await house.owner.rows<{ row: string }>({
    text: 'select t::text as row from vault.token t',
  })
  ok(rows.length > 0 && rows.every(({ row }) => !row.includes(made!.token)))
})

test('a token drawn into the pattern of a card passes its check', async () => {
  const id = await put('T-3')
  const [made] = await make(id, 'iban', billing, { pattern: '4999 9999 9999 9999', luhn: true })
  ok(/^4\d{3}( \d{4}){3}$/.test(made!.token) && passesLuhn(made!.token), made!.token)
  equal((await open([made!.token]))[0]?.value, iban)
  await rejects(make(id, 'iban', billing, { pattern: '999' }), {
    code: 'vault.token-pattern-malformed',
  })
})

test('a token ends with its subject, and one of another controller stands for nothing', async () => {
  const id = await put('T-4')
  const [made] = await make(id)
  const other = inController(house, await takeIn(house))
  await rejects(
    other.look('vault.token.open', (act) => openTokens(act, [made!.token]), billing),
    { code: 'vault.unknown-tokens' },
  )
  await here.act('vault.subject.erase', (act) => eraseSubject(act, id, 'asked'))
  await rejects(open([made!.token]), { code: 'vault.unknown-tokens' })
  const left = await house.owner.rows({
    text: 'select from vault.token where subject_id = $1',
    values: [id],
  })
  equal(left.length, 0)
})

test('whoever opens many tokens at once shows a second factor first', async () => {
  const id = await put('T-5')
  const tokens: string[] = []
  for (let i = 0; i < 11; i += 1) tokens.push((await make(id))[0]!.token)
  const actor = personWith({ actions: ['vault.token.open'] })
  equal((await open(tokens.slice(1), { ...billing, actor })).length, 10)
  await rejects(open(tokens, { ...billing, actor }), { code: 'vault.fresh-factor-required' })
})

test('a field’s policy says how its tokens may look, by whom it was set, and they can be revoked', async () => {
  const clinic = await takeIn(house)
  const there = inController(house, clinic)
  const row = (subjectKey: string) => ({ subjectKey, category: 'contact', fields: { iban } })
  const stored = await there.put([row('T-6'), row('T-7')], billing)
  const [one, two] = stored.map(({ subjectId }) => subjectId)
  const make = (subjectId: string, pattern?: TokenPattern) =>
    there.act(
      'vault.token.make',
      (act) => makeTokens(act, [{ subjectId, category: 'contact', field: 'iban' }], pattern),
      billing,
    )
  const set = (form: TokenForm, pattern: string | null = null, field = 'iban') =>
    there.act('vault.token.policy', (act) =>
      setTokenPolicy(act, { category: 'contact', field, form, pattern, luhn: false }),
    )
  const card = { pattern: '4999 9999 9999 9999' }
  await set('none')
  await rejects(make(one!), { code: 'vault.token-form-other' })
  await set('random')
  const [random] = await make(one!)
  await rejects(make(one!, card), { code: 'vault.token-form-other' })
  await set('pattern', card.pattern)
  await rejects(make(one!), { code: 'vault.token-form-other' })
  await rejects(make(one!, { ...card, luhn: true }), { code: 'vault.token-form-other' })
  const drawn = [...(await make(one!, card)), ...(await make(two!, card))]
  await rejects(set('pattern', '99'), { code: 'vault.token-pattern-malformed' })
  await rejects(set('none', null, 'shoe'), { code: 'vault.unknown-field' })

  const list = () => there.look<TokenField[]>('vault.token.list', listTokenFields)
  const ibans = (await list()).find(({ field }) => field === 'iban')!
  deepEqual([ibans.form, ibans.pattern, ibans.tokens], ['pattern', card.pattern, 3])
  equal((await list()).find(({ field }) => field === 'phone')?.form, 'any')

  const open = (token: string) =>
    there.look('vault.token.open', (act) => openTokens(act, [token]), billing)
  const revoke = (which: Revoking, actor?: Actor) =>
    there.act('vault.token.revoke', (act) => revokeTokens(act, which), actor && { actor })
  const other = personWith({ actions: ['vault.token.revoke'], categories: ['health'] })
  equal(
    await revoke({ tokens: [random!.token] }, other),
    0,
    'not of a category that is not granted',
  )
  equal(await revoke({ tokens: [random!.token] }), 1)
  await rejects(open(random!.token), { code: 'vault.unknown-tokens' })
  equal(await revoke({ category: 'contact', field: 'iban', subjectId: two! }), 1)
  deepEqual(
    (await open(drawn[0]!.token)) as object,
    [{ ...drawn[0]!, value: iban }],
    'those of another subject stand',
  )
  equal(await revoke({ category: 'contact', field: 'iban' }), 1)
  equal((await list()).find(({ field }) => field === 'iban')?.tokens, 0)
})

test('a rule is tried before it is agreed: only what k share is shown, and nothing changes', async () => {
  const clinic = await takeIn(house)
  const there = inController(house, clinic)
  const visit = (i: number, ward: string, born: string) => ({
    subjectKey: `R-${ward}-${born}-${i}`,
    category: 'visit',
    fields: { ward, born },
  })
  await there.put([
    ...Array.from({ length: 6 }, (_, i) => visit(i, 'north', '1980-05-01')),
    ...Array.from({ length: 2 }, (_, i) => visit(i, 'south', '1931-01-01')),
  ])
  const tried = (rule: AnonymiseRule) =>
    there.look('vault.remains.preview', (act) => previewRule(act, 'visit', rule))
  const byWard = { k: 5, keep: [{ field: 'ward', method: 'keep' as const }] }
  deepEqual(await tried(byWard), {
    category: 'visit',
    sentence:
      'Of visit remain ward, where at least 5 records are alike; everything else is dropped.',
    k: 5,
    records: 8,
    more: false,
    kept: 6,
    dropped: 2,
    groups: 1,
    tooFew: 1,
    examples: [{ remains: { ward: 'north' }, count: 6 }],
  })
  await rejects(tried({ ...byWard, k: 4 }), { code: 'vault.anonymise-malformed' })
  await rejects(tried({ k: 5, keep: [{ field: 'ward', method: 'year' }] }), {
    code: 'vault.anonymise-malformed',
  })
  const left = await house.owner.first<{ n: number }>({
    text: 'select count(*)::int as n from vault.record where controller_id = $1',
    values: [clinic.controllerId],
  })
  equal(left!.n, 8)
})

const visits = (ward: string, born: string, count: number) =>
  here.put(
    Array.from({ length: count }, (_, i) => ({
      subjectKey: `V-${ward}-${born}-${i}`,
      category: 'visit',
      fields: { ward, born },
    })),
  )
const cross: Cross = (deed, effect = 'write') =>
  house.act(
    {
      action: 'vault.remains.make',
      scope: { controllerId: clinic.controllerId },
      effect,
    },
    deed,
  )
const remains = async () =>
  (await cross(async (act) => remainsOfController(act.sql, clinic.controllerId), 'read')).map(
    ({ kept, count }) => [kept['ward'], kept['born'], count],
  )
const leftOf = async (ward: string) =>
  (await here.find({ subjectKey: `V-${ward}-1980-05-05-0` })).length

test('anonymising is refused whole where a combination would stand for too few, and says how few', async () => {
  await visits('north', '1980-05-05', 3)
  await visits('north', '1980-11-11', 3)
  await visits('south', '1990-01-01', 2)
  equal((await anonymiseOver(cross, 'visit', { check: true })).records, 0, 'nothing is over yet')
  house.setNow(new Date(start.getTime() + 11 * day))
  const check = await anonymiseOver(cross, 'visit', { check: true })
  deepEqual([check.records, check.kept, check.tooFew, check.smallest], [8, 6, 1, 2])
  await rejects(anonymiseOver(cross, 'visit', {}), {
    code: 'vault.k-not-reached',
    facts: { ...check },
  })
  deepEqual(await remains(), [])
  equal(await leftOf('north'), 1)
})

test('with the rare left out, the others are counted and every record is gone', async () => {
  const outcome = await anonymiseOver(cross, 'visit', { drop: true })
  deepEqual([outcome.kept, outcome.dropped], [6, 2])
  deepEqual(await remains(), [['north', '1980', 6]])
  equal(await leftOf('north'), 0)
  const left = await house.owner.rows({
    text: 'select from vault.record where category = 2 and controller_id = $1',
    values: [clinic.controllerId],
  })
  equal(left.length, 0)
})

test('the job lets remain what the contract says before it erases, and adds to what remains', async () => {
  await visits('north', '1980-07-07', 1)
  await visits('south', '1970-07-07', 1)
  house.setNow(new Date(start.getTime() + 22 * day))
  const job = vault.jobs!.find(({ action }) => action === 'vault.erase-due')!
  await job.run(house.threshold.asHouse, undefined, house.world)
  deepEqual(await remains(), [['north', '1980', 7]])
  equal(
    (
      await house.owner.rows({
        text: 'select from vault.record where category = 2 and controller_id = $1',
        values: [clinic.controllerId],
      })
    ).length,
    0,
  )
  await rejects(anonymiseOver(cross, 'contact', {}), { code: 'vault.no-anonymise-rule' })
})
