import { deepEqual, equal, ok, rejects } from 'node:assert/strict'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { csvLine } from '#ground'
import { spentMs } from '../../../test/spent.ts'
import type { ImportFormat, Mapping, RowIn } from './import.ts'
import { type Incoming, longestRow } from './incoming.ts'
import { property } from './json-in.ts'
import { rowsOf } from './rows-in.ts'

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
      'put' in one
        ? { row: one.row, id: one.put.subjectKey, ...one.put.fields }
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
    { row: 4, id: '2' },
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

test('rows take time by their length, however small the pieces they come in', async () => {
  const piece = Buffer.from('a'.repeat(16))
  const pieces = (length: number) => Array.from({ length }, () => piece)
  const spent = async (format: ImportFormat, head: string, length: number) => {
    const began = spentMs()
    equal((await read(format, [head, ...pieces(length)])).length, 1)
    return spentMs() - began
  }
  for (const [format, head] of [
    ['ndjson', '{"id":"1","name":"'],
    ['csv', 'id,name\n1,'],
  ] as const) {
    const ms = await spent(format, head, 60_000)
    ok(ms < 2_000, `a ${format} row of a megabyte took ${ms} ms`)
  }
  const began = spentMs()
  deepEqual(await read('ndjson', ['\n'.repeat(2_000_000), '{"id":"1","name":"Ada"}']), [
    { row: 1, id: '1', name: 'Ada' },
  ])
  const ms = spentMs() - began
  ok(ms < 1_000, `two million empty lines took ${ms} ms`)
})

test('a path reaches into an object, and never to what it inherits', async () => {
  const [row] = await read('ndjson', ['{"id":"1","fields":{"name":"a"}}'])
  equal(row?.name, undefined)
  const [inner] = await read('ndjson', ['{"id":"1","fields":{"name":"a"}}'], {
    fields: { name: 'fields.name' },
  })
  equal(inner?.name, 'a')
  const object = { fields: { name: 'a' } }
  equal(property(object, 'constructor.name'), undefined)
  equal(property(object, 'fields.constructor'), undefined)
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

test('a file cut after any row and read on from there gives the same rows, with the same numbers', async () => {
  const files: readonly (readonly [ImportFormat, string])[] = [
    ['csv', '\ufeffname,id\r\n"a\nb",1\r\n\r\nZoë 🐢,2\r\nbad\r\n"c""d",3'],
    ['ndjson', '\ufeff{"id":"1","name":"a"}\r\n\n{"id":"2","name":"Zoë 🐢"}\nbad\n{"id":"3"}'],
    [
      'archive',
      '{"format":"holdfast-archive","version":1,"records":[\n' +
        '{"subjectKey":"1","category":"contact","fields":{"name":"Zoë"}}\n' +
        ',{"subjectKey":"2","category":"contact","fields":{"name":"b"}}\n' +
        '],"recordsTotal":2}\n',
    ],
  ]
  for (const [format, text] of files) {
    const file = Buffer.from(text)
    const whole: RowIn[] = []
    const reading = { stream: Readable.from([file]), format, mapping, bytesRead: 0 }
    const first: Incoming = reading
    for await (const row of rowsOf(first)) whole.push(row)
    ok(whole.length >= 2)
    for (const { row, end } of whole) {
      const rest: RowIn[] = []
      const incoming: Incoming = {
        stream: Readable.from([file.subarray(end)]),
        format,
        mapping,
        bytesRead: end,
        from: { bytes: end, rows: row },
        ...(first.columns === undefined ? {} : { columns: first.columns }),
      }
      for await (const one of rowsOf(incoming)) rest.push(one)
      deepEqual(rest, whole.slice(row), `${format} after row ${row}`)
      equal(incoming.bytesRead, file.length)
    }
  }
})

test('an archive without its end, with another number or with masked values is not taken for whole', async () => {
  const head = '{"format":"holdfast-archive","version":1,"records":[\n'
  const record = '{"subjectKey":"1","category":"contact","fields":{"name":"a"}}\n'
  const code = async (text: string) =>
    read('archive', [text]).then(
      (rows) => rows.map((row) => row.code),
      (error: { code: string }) => error.code,
    )
  deepEqual(await code(`${head}${record}],"recordsTotal":1}\n`), [undefined])
  equal(await code(`${head}${record}`), 'vault.archive-incomplete')
  equal(await code(`${head}${record}],"recordsTotal":2}`), 'vault.archive-incomplete')
  equal(await code(`${head}${record}]`), 'vault.archive-incomplete')
  equal(await code(`${head}],"recordsTotal":0}\n${record}`), 'vault.import-malformed')
  equal(await code(record), 'vault.import-malformed')
  equal(await code(head.replace('1', '2')), 'vault.import-malformed')
  const masked = `${head}{"subjectKey":"•••","masked":true}\n],"recordsTotal":1}\n`
  deepEqual(await code(masked), ['vault.row-masked'])
})
