import { deepEqual, equal, ok, rejects } from 'node:assert/strict'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { csvLine } from '#ground'
import type { ImportFormat, Mapping } from './import.ts'
import { longestRow, rowsOf } from './rows-in.ts'

const mapping: Mapping = { subjectKey: 'id', category: 'contact', fields: { name: 'name' } }

type Chunks = readonly (string | Uint8Array)[]
type Read = { row: number; id?: unknown; name?: unknown; code?: string }

async function read(format: ImportFormat, chunks: Chunks, changes: Partial<Mapping> = {}) {
  const bytes = chunks.map((chunk) => (typeof chunk === 'string' ? Buffer.from(chunk) : chunk))
  const incoming = {
    stream: Readable.from(bytes),
    format,
    mapping: { ...mapping, ...changes },
    bytesRead: 0,
  }
  const rows: Read[] = []
  for await (const one of rowsOf(incoming))
    rows.push(
      'cell' in one
        ? { row: one.row, id: one.cell('id'), name: one.cell('name') }
        : { row: one.row, code: one.refusal.code },
    )
  return rows
}

test('a CSV is read as RFC 4180 has it: quotes, line breaks inside, BOM, CRLF, any order of columns', async () => {
  deepEqual(await read('csv', ['\ufeffname,id\r\n"Love""lace, Ada\n",1\r\n\r\nGrace,2']), [
    { row: 1, id: '1', name: 'Love"lace, Ada\n' },
    { row: 2, id: '2', name: 'Grace' },
  ])
  deepEqual(await read('csv', ['id;name\n1;a,b\n'], { delimiter: ';' }), [
    { row: 1, id: '1', name: 'a,b' },
  ])
})

test('characters cut in two between chunks come out whole', async () => {
  const bytes = Buffer.from('id,name\n1,Zoë 🐢\n')
  const single = [...bytes].map((byte) => Uint8Array.of(byte))
  deepEqual(await read('csv', single), [{ row: 1, id: '1', name: 'Zoë 🐢' }])
})

test('whatever csvLine writes is read back the same', async () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  const risky = fc.stringMatching(/^'{0,2}[=@+\t\r-][\d ='a]{0,5}$/)
  const cell = fc.oneof(text, risky)
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 5 }),
      async (rows) => {
        const text = [['id', 'name'], ...rows].map(csvLine).join('')
        const got = await read('csv', [text])
        deepEqual(
          got.map(({ id, name }) => [id, name]),
          rows,
        )
      },
    ),
    { numRuns: 200 },
  )
})

test('a row with too many or too few cells is one bad row', async () => {
  deepEqual(await read('csv', ['id,name\n1,a\n2\n3,c,d\n4,e\n']), [
    { row: 1, id: '1', name: 'a' },
    { row: 2, code: 'vault.row-columns' },
    { row: 3, code: 'vault.row-columns' },
    { row: 4, id: '4', name: 'e' },
  ])
})

test('what makes the rest unreadable ends the reading with a code, and quotes no data', async () => {
  const malformed = (chunks: Chunks) =>
    rejects(read('csv', chunks), (error: Error & { code?: string }) => {
      equal(error.code, 'vault.import-malformed')
      ok(!error.message.includes('secret'))
      return true
    })
  await malformed(['id,name\n1,"secret\n2,b\n'])
  await malformed(['id,name\n1,"secret"x\n2,b\n'])
  await malformed(['id,name\n1,', Uint8Array.of(0xff), '\n'])
  await malformed(['id,name\n1,secret', Uint8Array.of(0xe2, 0x82)])
  await malformed([`id,name\n1,${'secret'.repeat(longestRow)}\n`])
  await malformed(['id,id,name\n'])
  await malformed([''])
})

test('a column the mapping names and the header lacks is refused before any row', async () => {
  await rejects(read('csv', ['id;name\n1;a\n']), { code: 'vault.import-column-missing' })
})

test('NDJSON is read line by line; a line that is no object is one bad row', async () => {
  const lines = ['{"id":"1","name":"a"}', 'no json', '[1]', '', '{"id":2,"name":null}\r']
  deepEqual(await read('ndjson', [lines.join('\n')]), [
    { row: 1, id: '1', name: 'a' },
    { row: 2, code: 'vault.row-not-json' },
    { row: 3, code: 'vault.row-not-json' },
    { row: 4, id: 2, name: null },
  ])
})

test('a line that never ends is one bad row and is not kept in memory', async () => {
  const piece = 'x'.repeat(longestRow / 2)
  const chunks = ['{"id":"1"}\n', piece, piece, piece, piece, piece, '\n{"id":"3"}\n']
  deepEqual(
    (await read('ndjson', chunks)).map(({ row, id, code }) => [row, id ?? code]),
    [
      [1, '1'],
      [2, 'vault.row-too-long'],
      [3, '3'],
    ],
  )
})

test('a path reaches into an object, and never to what it inherits', async () => {
  const rows = await read('ndjson', ['{"id":"1","fields":{"name":"a"}}'])
  equal(rows[0]?.name, undefined)
  const reading = rowsOf({
    stream: Readable.from([Buffer.from('{"fields":{"name":"a"}}')]),
    format: 'ndjson',
    mapping,
    bytesRead: 0,
  })
  const one = (await reading.next()).value
  ok(one !== undefined && 'cell' in one)
  equal(one.cell('fields.name'), 'a')
  equal(one.cell('constructor.name'), undefined)
  equal(one.cell('fields.constructor'), undefined)
})

test('a stream that breaks off is told from one that ends', async () => {
  const broken = async function* () {
    yield Buffer.from('id,name\n1,a\n')
    throw new Error('connection reset')
  }
  const rows = rowsOf({ stream: Readable.from(broken()), format: 'csv', mapping, bytesRead: 0 })
  await rejects(
    async () => {
      for await (const row of rows) void row
    },
    { code: 'vault.import-interrupted' },
  )
})
