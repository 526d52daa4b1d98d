import { equal, ok } from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { faultLine } from '../src/fault-line.ts'
import { openHouse, type TestHouse } from './house.ts'

const marker = 'Qzx Ada Alder'
const at = new Date('2026-11-21T10:00:00Z')

let house: TestHouse
before(async () => {
  house = await openHouse()
})
after(() => house.close())

/** What a deed throws. */
const thrownBy = (deed: () => unknown): Promise<unknown> =>
  Promise.resolve()
    .then(deed)
    .then(
      () => undefined,
      (error: unknown) => error,
    )

test('the line of a fault names statement and code of the database, and no value', async () => {
  const faults = await Promise.all([
    thrownBy(() => house.owner.rows({ text: 'select $1::uuid', values: [marker] })),
    thrownBy(() => house.owner.rows({ text: `select '${marker}'::date` })),
    thrownBy(() => JSON.parse(`{"name": ${marker}}`)),
  ])
  for (const fault of faults) {
    ok(String(fault).includes(marker.slice(0, 6)), `the error itself quotes it: ${String(fault)}`)
    const line = faultLine(fault, 'a test', at)
    ok(!line.includes(marker.slice(0, 6)), line)
    ok(line.includes('attack-secrets.test.ts') || line.includes('database.ts'), line)
  }
  equal(JSON.parse(faultLine(faults[0], 'a test', at)).code, '22P02')
})

test('the line of a fault of ours says what it is and where', () => {
  const line = JSON.parse(faultLine(new TypeError('not a receipt'), 'GET /v1/x', at))
  equal(`${line.at} ${line.about} ${line.name}`, `${at.toISOString()} GET /v1/x TypeError`)
  equal(line.message, 'not a receipt')
  ok(line.stack.includes('attack-secrets.test.ts'))
})

test('what is thrown and is no error makes a line, too', () => {
  for (const thrown of [undefined, null, 'text', 7, Object.create(null)])
    ok(JSON.parse(faultLine(thrown, 'a test', at)).about === 'a test')
})
