import { setTimeout as pause } from 'node:timers/promises'
import { allMeasures } from '#measures'
import { asCaller, type Listener } from '../../test/callers.ts'
import { credentialOf, type SupervisedHouse, withSupervised } from '../../test/supervised.ts'

/** A house as `npm start` runs it, with one controller and a workload that may do everything in it. */
export interface BenchHouse {
  readonly supervised: SupervisedHouse
  readonly listener: Listener
  readonly controllerId: string
  readonly token: string
  /** Headers every request carries. */
  readonly headers: Readonly<Record<string, string>>
}

export const contract = {
  name: 'Bench Clinic',
  categories: [
    {
      name: 'contact',
      fields: [
        { name: 'name', kind: 'text' },
        { name: 'email', kind: 'email', searchable: true },
        { name: 'phone', kind: 'phone' },
        { name: 'city', kind: 'text' },
        { name: 'born', kind: 'date' },
        { name: 'note', kind: 'text' },
      ],
      retainDays: 365,
    },
  ],
  purposes: [{ name: 'care', categories: ['contact'] }],
  breachContacts: [{ name: 'Olive Officer', email: 'olive@clinic.example' }],
  synthetic: true,
}

export const person = (n: number) => ({
  name: `Person Number ${n}`,
  email: `person.${n}@example.org`,
  phone: `+49 30 ${String(n).padStart(8, '0')}`,
  city: 'Frankfurt an der Oder',
  born: '1980-02-29',
})

const noteBytes = 846

/** A record of 1 KiB, as the vault seals it. */
export const wholePerson = (n: number) => ({
  ...person(n),
  note: `${n} said on the telephone that `.padEnd(noteBytes, 'the quick brown fox jumps and '),
})

/** Starts a house, waits until its checks have all run once, hands it over, and leaves nothing of it. */
export async function withBenchHouse(deed: (house: BenchHouse) => Promise<void>): Promise<void> {
  await withSupervised(async (supervised) => {
    await supervised.start()
    const { operator } = supervised
    const { controllerId } = await operator.call<{ controllerId: string }>(
      'POST',
      '/v1/controllers',
      { json: contract },
    )
    // A workload that does nothing but read looks like a thief; here it must go on.
    for (const severity of ['certain', 'high'])
      await operator.call('PUT', `/v1/containment-policies/${severity}`, {
        json: { autoContain: false },
      })
    const token = await credentialOf(supervised, 'bench', ['vault.*'])
    await settled(supervised)
    const headers = asCaller(token, 'care', 'bench')
    await deed({ supervised, listener: supervised.listener, controllerId, token, headers })
  })
}

const checked = allMeasures.filter(({ check }) => check !== undefined).length

/** The checks of the annex all run after a start: a figure taken meanwhile would be theirs. */
async function settled(supervised: SupervisedHouse): Promise<void> {
  const database = supervised.database(1)
  const until = performance.now() + 120_000
  try {
    for (;;) {
      const row = await database.first<{ n: number }>({
        text: 'select count(distinct measure_id) as n from measures.observation',
      })
      if (row!.n >= checked || performance.now() > until) return
      await pause(500)
    }
  } finally {
    await database.end()
  }
}
