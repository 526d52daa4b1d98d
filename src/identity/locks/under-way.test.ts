import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { type Passage, UnderWay } from './under-way.ts'

const passage = (action: string, kind: 'workload' | 'operator' = 'workload') => {
  const told = { cuts: 0 }
  const one: Passage = {
    actor: { id: 'w', kind, assurance: 1, grants: [], label: 'w' },
    scope: 'house',
    action,
    address: '192.0.2.1',
    cut: () => void (told.cuts += 1),
  }
  return { one, told }
}
const actions = (underWay: UnderWay) =>
  underWay
    .grownFor(0)
    .map(({ action }) => action)
    .toSorted()

test('whatever ends in whatever order, those under way are those that have not ended', () => {
  const underWay = new UnderWay()
  const names = Array.from({ length: 50 }, (_, i) => `a.b.${String(i).padStart(2, '0')}`)
  const ends = names.map((name) => underWay.begin(passage(name).one))
  const left = new Set(names)
  for (let i = 0; i < 50; i += 1) {
    const at = (i * 37) % 50
    ends[at]!()
    // Once more does nothing.
    ends[at]!()
    left.delete(names[at]!)
    deepEqual(actions(underWay), [...left])
  }
})

test('one that is cut is broken off once and is under way no longer', () => {
  const underWay = new UnderWay()
  const { one, told } = passage('vault.record.read')
  const end = underWay.begin(one)
  const other = underWay.begin(passage('vault.record.put').one)
  equal(underWay.cut(one) >= 0, true)
  end()
  equal(told.cuts, 1)
  deepEqual(actions(underWay), ['vault.record.put'])
  other()
  deepEqual(actions(underWay), [])
})

test('whoever locks, and whoever is on the host, is not among those to be cut', () => {
  const underWay = new UnderWay()
  underWay.begin(passage('identity.lock.set').one)
  underWay.begin(passage('vault.record.read', 'operator').one)
  deepEqual(actions(underWay), [])
})
