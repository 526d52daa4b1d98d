import { deepEqual, equal, throws } from 'node:assert/strict'
import { randomBytes, randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { Client } from 'pg'
import {
  byteaArray,
  int2Array,
  int4Array,
  int8Array,
  textArray,
  timestamptzArray,
  uuidArray,
} from './binary-array.ts'

let client: Client
before(async () => {
  client = new Client({ connectionString: process.env['HOLDFAST_TEST_DATABASE_URL']! })
  await client.connect()
})
after(() => client.end())

/** What PostgreSQL makes of a list, as text, element by element. */
async function elements(type: string, list: Buffer): Promise<string[]> {
  const { rows } = await client.query<{ element: string }>(
    `select e::text as element from unnest($1::${type}[]) with ordinality t (e, n) order by n`,
    [list],
  )
  return rows.map(({ element }) => element)
}

test('PostgreSQL reads every list as what it was', async () => {
  const ids = Array.from({ length: 300 }, () => randomUUID())
  deepEqual(await elements('uuid', uuidArray(ids)), ids)
  const numbers = [0, 1, -1, 2_147_483_647, -2_147_483_648]
  deepEqual(await elements('int', int4Array(numbers)), numbers.map(String))
  const small = [0, 30, -32_768, 32_767]
  deepEqual(await elements('smallint', int2Array(small)), small.map(String))
  const bytes = [Buffer.alloc(0), Buffer.of(0, 0x5c, 0xff), randomBytes(3000)]
  const hex = bytes.map((value) => `\\x${value.toString('hex')}`)
  deepEqual(await elements('bytea', byteaArray(bytes)), hex)
  const texts = ['', 'Zoë "quoted", {braced} \\', '💧'.repeat(400), 'NULL']
  deepEqual(await elements('text', textArray(texts)), texts)
  const instants = [
    '1969-12-31T23:59:59.999Z',
    '2000-01-01T00:00:00.000Z',
    '2038-01-19T03:14:08.123Z',
  ]
  const { rows } = await client.query<{ at: Date }>(
    'select e as at from unnest($1::timestamptz[]) with ordinality t (e, n) order by n',
    [timestamptzArray(instants.map((at) => new Date(at)))],
  )
  deepEqual(
    rows.map(({ at }) => at.toISOString()),
    instants,
  )
})

test('a null stays one, between others and alone', async () => {
  const id = randomUUID()
  const none = null as unknown as string
  deepEqual(await elements('uuid', uuidArray([null, id, null])), [none, id, none])
  deepEqual(await elements('text', textArray(['a', null])), ['a', none])
  deepEqual(await elements('bytea', byteaArray([null, Buffer.of(1)])), [none, '\\x01'])
  deepEqual(await elements('bigint', int8Array([null, Number.MAX_SAFE_INTEGER])), [
    none,
    String(Number.MAX_SAFE_INTEGER),
  ])
})

test('an empty list is empty', async () => {
  deepEqual(await elements('uuid', uuidArray([])), [])
  deepEqual(await elements('bytea', byteaArray([])), [])
})

test('what is no UUID or no number of its width is not sent', () => {
  for (const id of [
    '',
    'no',
    randomUUID().slice(1),
    randomUUID().replace('-', 'g'),
    `${randomUUID()}0`,
  ])
    throws(() => uuidArray([id]), TypeError)
  throws(() => int2Array([32_768]), RangeError)
  throws(() => int4Array([2_147_483_648]), RangeError)
  equal(uuidArray(['00000000-0000-0000-0000-000000000000']).length, 40)
})
