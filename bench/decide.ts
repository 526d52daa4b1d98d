import { may } from '#identity'
import type { Actor, Ask, Grant } from '#kernel'
import { median } from './parts/report.ts'

// May somebody do this? Ten thousand grants of a thousand roles in one hand, beside one hand with a few.

const controllers = Array.from({ length: 1000 }, (_, i) => id(i))
const rounds = 7
const asks = 20_000

const grants = (many: number): Grant[] =>
  Array.from({ length: many }, (_, i) => ({
    id: id(100_000 + i),
    actions: [`vault.thing.do-${i % 1000}`, 'vault.record.read'],
    controllers: [controllers[i % controllers.length]!],
    categories: ['contact'],
    purposes: ['support'],
  }))

console.log('decide: microseconds per decision, warm')
for (const many of [4, 100, 10_000]) {
  const actor: Actor = {
    id: id(1),
    kind: 'person',
    assurance: 2,
    grants: grants(many),
    label: '',
  }
  const spread = Array.from({ length: 100 }, (_, i): Ask => ({
    action: 'vault.record.read',
    scope: { controllerId: controllers[(i * 7) % Math.min(many, controllers.length)]! },
    purpose: 'support',
    categories: ['contact'],
    assurance: 2,
  }))
  const times = Array.from({ length: rounds }, () => {
    const from = process.hrtime.bigint()
    for (let i = 0; i < asks; i += 1)
      if (!may(actor, spread[i % spread.length]!).allowed) throw new Error('refused')
    return Number(process.hrtime.bigint() - from) / 1000 / asks
  })
  const seconds = median(times) / 1e6
  console.log(`  among ${many} grants ${(seconds * 1e6).toFixed(2)} µs`)
}

function id(n: number): string {
  return `0198a0b0-0000-7000-8000-${n.toString(16).padStart(12, '0')}`
}
