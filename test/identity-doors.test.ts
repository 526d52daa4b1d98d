import { deepEqual, ok } from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { may } from '#identity'
import { house as houseActor, type Route } from '#kernel'
import { jobs, loops, routes } from '../src/rooms.ts'
import { openHouse, type TestHouse } from './house.ts'

interface AccessRole {
  readonly name: string
  readonly actions: readonly string[]
}

let house: TestHouse
let roles: readonly AccessRole[]
before(async () => {
  house = await openHouse()
  roles = await house.owner.rows<AccessRole>({
    text: 'select name, actions from identity.role where built_in order by name',
  })
})
after(() => house.close())

/** Actions asked for inside another act, and those of doors that are no routes. */
const inPassing = ['vault.record.reveal', 'trail.log.walk', 'gate.upstream.request']
const known = new Set([...[...routes, ...jobs, ...loops].map(({ action }) => action), ...inPassing])
/** Verifying computes and keeps nothing, though it is asked by POST. */
const reads = (route: Route) =>
  route.action.endsWith('.verify') ||
  ('effect' in route ? route.effect === 'read' : route.method === 'GET')
const matching = (pattern: string) =>
  [...known].filter((action) =>
    pattern.endsWith('.*') ? action.startsWith(pattern.slice(0, -1)) : action === pattern,
  )

test('each pattern of each built-in role matches an action that exists', () => {
  ok(roles.length === 9 && known.size > 100, 'the walk found roles and actions')
  deepEqual(
    roles.flatMap(({ name, actions }) =>
      actions.filter((pattern) => matching(pattern).length === 0).map((p) => `${name}: ${p}`),
    ),
    [],
  )
})

test('an auditor changes nothing', () => {
  const auditor = roles.find(({ name }) => name === 'auditor')!
  const granted = new Set(auditor.actions.flatMap(matching))
  deepEqual(
    routes.filter((route) => granted.has(route.action) && !reads(route)).map((r) => r.action),
    [],
  )
})

test('only the data protection officer may see personal data unmasked', () => {
  deepEqual(
    roles
      .filter(({ actions }) => actions.some((p) => matching(p).includes('vault.record.reveal')))
      .map((r) => r.name),
    ['privacy'],
  )
})

test('every action that gives out personal data is closed to the operator on the host', () => {
  const operator = { ...houseActor, id: 'operator', kind: 'operator' } as const
  const giving = routes.filter(
    (route) => route.purpose === 'required' && route.action.startsWith('vault.'),
  )
  const taking = [
    'vault.record.put',
    'vault.record.import',
    'vault.record.rectify',
    'vault.token.make',
    'vault.attachment.put',
    'vault.export-request.make',
  ]
  ok(giving.length > 4, 'the walk found them')
  const open = giving
    .filter(({ action }) => may(operator, { action, scope: 'house', assurance: 0 }).allowed)
    .map(({ action }) => action)
  deepEqual(new Set(open), new Set(taking))
})
