import assert from 'node:assert/strict'
import { mock, suite, test } from 'node:test'
import { type Actor, anonymous } from '#kernel'
import { Admission } from './admission.ts'
import { limits, siteFactor } from './limits.ts'
import { Pressure, shedFromMs } from './pressure.ts'

const workload: Actor = { ...anonymous, id: 'w', kind: 'workload', assurance: 1 }
const person: Actor = { ...anonymous, id: 'p', kind: 'person', assurance: 2 }
const arrival = (address: string) => ({ address, presents: false, health: false })
const open = (pressure = new Pressure()) => new Admission(limits, pressure)
const tooMany = { code: 'gate.too-many-requests', status: 429 }

async function repeat(times: number, ask: () => Promise<void>): Promise<void> {
  for (let i = 0; i < times; i++) await ask()
}

suite('limits', () => {
  test('a client that has used its burst is refused, told when to come, and others are not', async () => {
    const door = open()
    await repeat(limits.anonymous.burst, () => door.arrive(arrival('192.0.2.1')))
    await assert.rejects(door.arrive(arrival('192.0.2.1')), {
      ...tooMany,
      facts: { retryAfterSeconds: 4 },
    })
    await door.arrive(arrival('192.0.2.2'))
  })

  test('after the time it was told, the client is served again', async () => {
    mock.timers.enable({ apis: ['setTimeout', 'Date'] })
    try {
      const door = open()
      await repeat(limits.anonymous.burst, () => door.arrive(arrival('192.0.2.1')))
      await assert.rejects(door.arrive(arrival('192.0.2.1')), tooMany)
      mock.timers.tick(4_000)
      await door.arrive(arrival('192.0.2.1'))
    } finally {
      mock.timers.reset()
    }
  })

  test('changing the lower half of an IPv6 address does not help, nor hopping through a /48', async () => {
    const door = open()
    const { burst } = limits.anonymous
    for (let i = 0; i < burst; i++) await door.arrive(arrival(`2001:db8::${i.toString(16)}`))
    await assert.rejects(door.arrive(arrival('2001:db8::ffff:1')), tooMany)
    for (let i = 1; i <= siteFactor; i++) {
      const subnet = i.toString(16)
      await repeat(burst, () => door.arrive(arrival(`2001:db8:0:${subnet}::1`))).catch(() => {})
    }
    await assert.rejects(door.arrive(arrival('2001:db8:0:aaaa::1')), tooMany)
    await door.arrive(arrival('2001:db8:1::1'))
  })

  test('a workload has thousands of requests where an unknown caller has hundreds', async () => {
    const door = open()
    const entering = { address: '127.0.0.1', actor: workload, open: false, presents: false }
    await repeat(2_000, () => door.enter(entering))
    await repeat(limits.workload.burst - 2_000, () => door.enter(entering))
    await assert.rejects(door.enter(entering), tooMany)
    await door.enter({ ...entering, actor: { ...workload, id: 'another' } })
    await door.enter({ ...entering, actor: person })
  })

  test('sign-in from one address is refused after forty tries, reading is not', async () => {
    const door = open()
    const entering = { address: '127.0.0.1', actor: anonymous, open: true, presents: false }
    await repeat(limits.open.burst, () => door.enter(entering))
    await assert.rejects(door.enter(entering), tooMany)
    await door.enter({ ...entering, open: false, presents: false })
  })

  test('false credentials are no longer looked up after a hundred, while unknown callers still read', async () => {
    const door = open()
    const shows = { address: '192.0.2.9', presents: true, health: false }
    await repeat(limits.unrecognised.burst, async () => {
      await door.arrive(shows)
      await door.unrecognised(shows.address)
    })
    await door.arrive(shows)
    await door.unrecognised(shows.address)
    await assert.rejects(door.arrive(shows), tooMany)
    await door.arrive({ ...shows, presents: false })
    await door.arrive({ ...shows, address: '192.0.2.10' })
  })
})

suite('load shedding', () => {
  const loaded = (delayMs: number) => {
    const pressure = new Pressure()
    pressure.observe(delayMs)
    pressure.observe(delayMs)
    return pressure
  }

  test('one slow second sheds nobody', async () => {
    const pressure = new Pressure()
    pressure.observe(60_000)
    await open(pressure).arrive(arrival('192.0.2.1'))
  })

  test('under load unknown callers are refused first; health and those who show a credential are not', async () => {
    const door = open(loaded(shedFromMs.anonymous))
    await assert.rejects(door.arrive(arrival('192.0.2.1')), {
      code: 'gate.overloaded',
      status: 503,
    })
    await door.arrive({ ...arrival('192.0.2.1'), health: true })
    await door.arrive({ ...arrival('192.0.2.1'), presents: true })
    await door.enter({ address: '192.0.2.1', actor: workload, open: false, presents: false })
  })

  test('under heavy load workloads are refused too, people never', async () => {
    const door = open(loaded(shedFromMs.workload))
    const entering = { address: '192.0.2.1', actor: workload, open: false, presents: false }
    await assert.rejects(door.enter(entering), { code: 'gate.overloaded' })
    await door.enter({ ...entering, actor: person })
  })

  test('one calm second ends it', async () => {
    const pressure = loaded(shedFromMs.workload)
    assert.equal(pressure.level, 2)
    pressure.observe(1)
    assert.equal(pressure.level, 0)
    await open(pressure).arrive(arrival('192.0.2.1'))
  })
})
