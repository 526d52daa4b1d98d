import { deepEqual, equal, ok } from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { type Actor, anonymous, type Ask, type Grant, house } from '#kernel'
import { spentMs } from '../../../test/spent.ts'
import { firstAllowing, grantAllows, matches, may, mayWith, openActionsOf } from './decide.ts'

const a = '0198a0b0-0000-7000-8000-00000000000a'
const b = '0198a0b0-0000-7000-8000-00000000000b'
const read: Ask = {
  action: 'vault.record.read',
  scope: { controllerId: a },
  purpose: 'support',
  categories: ['contact'],
  assurance: 2,
}
const grant: Grant = {
  id: 'g1',
  actions: ['vault.record.read'],
  controllers: [a],
  categories: ['contact', 'identity'],
  purposes: ['support'],
}
const personWith = (...grants: Grant[]): Actor => ({
  id: b,
  kind: 'person',
  assurance: 2,
  grants,
  label: 'a person',
})
const codeOf = (actor: Actor, ask: Ask) => {
  const decision = may(actor, ask)
  return decision.allowed ? `by ${decision.grantId}` : decision.code
}

test('the grant that allows is named in the decision', () => {
  deepEqual(may(personWith({ ...grant, id: 'g0', actions: ['trail.*'] }, grant), read), {
    allowed: true,
    grantId: 'g1',
  })
})

test('each confinement of a grant refuses by itself', () => {
  const holder = personWith(grant)
  const refused = 'identity.not-permitted'
  equal(codeOf(holder, { ...read, action: 'vault.record.reveal' }), refused)
  equal(codeOf(holder, { ...read, scope: { controllerId: b } }), refused)
  equal(codeOf(holder, { ...read, scope: 'house' }), refused)
  equal(codeOf(holder, { ...read, purpose: 'marketing' }), refused)
  equal(codeOf(holder, { ...read, categories: ['contact', 'health'] }), refused)
  const { purpose: _, ...without } = read
  equal(codeOf(holder, without), refused)
})

test('two grants that each allow half do not allow the whole', () => {
  const halves = [
    { ...grant, categories: ['contact'] },
    { ...grant, categories: ['health'] },
  ]
  equal(
    codeOf(personWith(...halves), { ...read, categories: ['contact', 'health'] }),
    'identity.not-permitted',
  )
})

test('half a session hears of the second factor before anything of its grants', () => {
  equal(codeOf({ ...personWith(grant), assurance: 1 }, read), 'identity.second-factor-required')
  equal(codeOf({ ...personWith(), assurance: 1 }, read), 'identity.second-factor-required')
})

test('a workload changes neither rights nor keys, whatever it was granted', () => {
  const all: Grant = { ...grant, actions: ['*'], controllers: null, purposes: null }
  const workload: Actor = { ...personWith(all), kind: 'workload', assurance: 1 }
  for (const action of ['identity.credential.issue', 'identity.grant.create', 'keys.root.rotate'])
    equal(codeOf(workload, { ...read, action }), 'identity.persons-only')
  equal(codeOf(workload, { ...read, action: 'identity.role.list' }), 'by g1')
})

test('a workload needs no second factor, and a grant all the same', () => {
  const workload: Actor = { ...personWith(grant), kind: 'workload', assurance: 1 }
  equal(codeOf(workload, read), 'by g1')
  equal(codeOf({ ...workload, grants: [] }, read), 'identity.not-permitted')
})

test('asking with assurance 0 opens nothing that is not an open door', () => {
  equal(codeOf(anonymous, { ...read, assurance: 0 }), 'identity.not-signed-in')
  equal(codeOf(personWith(), { ...read, assurance: 0 }), 'identity.not-permitted')
  const door: Ask = { action: 'measures.annex.publish', scope: 'house', assurance: 0 }
  equal(codeOf(anonymous, door), 'identity.not-signed-in')
  const open = mayWith(openActionsOf([door, { action: 'vault.record.read', assurance: 2 }]))
  deepEqual(open(anonymous, door), { allowed: true, grantId: 'open' })
  equal(open(anonymous, { ...read, assurance: 0 }).allowed, false)
  equal(open(anonymous, { ...door, assurance: 2 }).allowed, false)
})

test('everybody known may see their own account and leave; nobody unknown may', () => {
  const leave: Ask = { action: 'identity.self.leave', scope: 'house', assurance: 1 }
  equal(codeOf({ ...personWith(), assurance: 1 }, leave), 'by own')
  equal(codeOf(anonymous, leave), 'identity.not-signed-in')
})

test('an operator administers and never sees personal data, whatever grants it carries', () => {
  const operator: Actor = { ...house, kind: 'operator', id: 'operator' }
  equal(codeOf(operator, { ...read, action: 'identity.lock.lift', scope: 'house' }), 'by operator')
  for (const action of [
    'vault.record.read',
    'vault.record.reveal',
    'vault.record.export',
    'vault.subject.find',
  ])
    equal(codeOf(operator, { ...read, action }), 'identity.operator-sees-no-data')
})

test('a prefix stops at its dot', () => {
  ok(matches(['vault.*'], 'vault.record.read'))
  ok(!matches(['vault.*'], 'vaults.record.read'))
  ok(!matches(['vault.record'], 'vault.record.read'))
  ok(matches(['*'], 'anything.at.all'))
})

const name = fc.constantFrom('contact', 'health', 'payment')
const id = fc.constantFrom(a, b)
const action = fc.constantFrom('vault.record.read', 'vault.record.put', 'trail.log.walk')
const listOf = <T>(value: fc.Arbitrary<T>) =>
  fc.option(fc.uniqueArray(value, { minLength: 1 }), { nil: null })
const anyGrant: fc.Arbitrary<Grant> = fc.record({
  id: fc.uuid(),
  actions: fc.uniqueArray(fc.oneof(action, fc.constantFrom('vault.*', 'vault.record.*')), {
    minLength: 1,
  }),
  controllers: listOf(id),
  categories: listOf(name),
  purposes: listOf(name),
})
const anyAsk: fc.Arbitrary<Ask> = fc
  .record({
    action,
    scope: fc.oneof(fc.constant('house' as const), fc.record({ controllerId: id })),
    purpose: fc.option(name, { nil: undefined }),
    categories: fc.option(fc.uniqueArray(name), { nil: undefined }),
    assurance: fc.constantFrom(0 as const, 1 as const, 2 as const),
  })
  .map(({ purpose, categories, ...rest }) => ({
    ...rest,
    ...(purpose === undefined ? {} : { purpose }),
    ...(categories === undefined ? {} : { categories }),
  }))

test('without grants nothing is allowed, whatever is asked', () => {
  fc.assert(
    fc.property(anyAsk, (ask) => {
      ok(!may(personWith(), ask).allowed)
      ok(!may({ ...personWith(), kind: 'workload' }, ask).allowed)
      ok(!may(anonymous, ask).allowed)
    }),
  )
})

test('whatever is allowed, some single grant allows', () => {
  fc.assert(
    fc.property(fc.array(anyGrant, { maxLength: 4 }), anyAsk, (grants, ask) => {
      const decision = may(personWith(...grants), ask)
      const allowing = grants.filter((candidate) => grantAllows(candidate, ask))
      equal(decision.allowed, allowing.length > 0)
      if (decision.allowed) ok(allowing.some((candidate) => candidate.id === decision.grantId))
    }),
  )
})

test('an ask with one more category is never allowed where the smaller one is refused', () => {
  fc.assert(
    fc.property(anyGrant, anyAsk, name, (candidate, ask, more) => {
      const wider = { ...ask, categories: [...(ask.categories ?? []), more] }
      if (grantAllows(candidate, wider)) ok(grantAllows(candidate, ask))
    }),
  )
})

test('a narrower grant never allows what the wider one refuses', () => {
  fc.assert(
    fc.property(anyGrant, anyAsk, id, name, (wide, ask, controller, word) => {
      const narrower: Grant[] = [
        { ...wide, actions: wide.actions.slice(0, 1) },
        { ...wide, controllers: wide.controllers?.slice(0, 1) ?? [controller] },
        { ...wide, categories: wide.categories?.slice(0, 1) ?? [word] },
        { ...wide, purposes: wide.purposes?.slice(0, 1) ?? [word] },
      ]
      for (const narrow of narrower) if (grantAllows(narrow, ask)) ok(grantAllows(wide, ask))
    }),
  )
})

test('a confined grant never reaches the house, nor an unnamed purpose', () => {
  fc.assert(
    fc.property(anyGrant, anyAsk, (candidate, ask) => {
      if (!grantAllows(candidate, ask)) return
      if (candidate.controllers !== null) ok(ask.scope !== 'house')
      if (candidate.purposes !== null) ok(ask.purpose !== undefined)
    }),
  )
})

test('among many grants the first that allows is found, as by walking them', () => {
  const crowd = fc.array(anyGrant, { minLength: 9, maxLength: 30 })
  fc.assert(
    fc.property(crowd, fc.array(anyAsk, { maxLength: 5 }), (grants, asks) => {
      for (const ask of asks)
        equal(
          firstAllowing(grants, ask),
          grants.find((candidate) => grantAllows(candidate, ask)),
        )
    }),
  )
})

test('deciding among ten thousand grants of a thousand roles takes less than 5 microseconds', () => {
  const many = Array.from({ length: 10_000 }, (_, i) => ({
    ...grant,
    id: `g${i}`,
    actions: [`vault.thing.do-${i % 1000}`, ...grant.actions],
    controllers: [b],
  }))
  const holder = personWith(...many, { ...grant, id: 'last' })
  const rounds = 5000
  for (let i = 0; i < rounds; i++) may(holder, read)
  const from = spentMs()
  for (let i = 0; i < rounds; i++) equal(may(holder, read).allowed, true)
  const microseconds = ((spentMs() - from) * 1000) / rounds
  ok(microseconds < 5, `${microseconds} µs`)
})
