import assert from 'node:assert/strict'
import { test } from 'node:test'
import { torsoOf } from './torso.ts'

const id = (digit: number) => `0000000${digit}-0000-7000-8000-000000000000`
const piecesOf = (text: string, length: number) =>
  Array.from({ length: Math.ceil(text.length / length) }, (_, i) =>
    new TextEncoder().encode(text.slice(i * length, (i + 1) * length)),
  )
const textOf = (pieces: readonly Uint8Array[]) => Buffer.concat(pieces).toString()

const head = '_subjectId,_subjectKey,name\n'
const line = (digit: number, name: string) => `${id(digit)},k,${name}\n`
const csv = `${head}${line(1, 'Ada')}${line(1, '"Ada\n""King"""')}${line(2, 'Bo')}${line(2, 'Bo')}${line(3, 'Cy')}`
const object = (digit: number, name: string) =>
  `${JSON.stringify({ subjectId: id(digit), fields: { name } })}\n`
const ndjson = `${object(1, 'Ada')}${object(2, 'B"o')}${object(2, 'Bo\n')}${object(3, 'Cy')}`

test('wherever a CSV or NDJSON breaks off, what is kept and what goes on after it are the whole file', () => {
  for (const [format, whole] of [
    ['csv', csv],
    ['ndjson', ndjson],
  ] as const) {
    const lines = new Map([1, 2, 3].map((digit) => [id(digit), whole.indexOf(id(digit))]))
    const goesOn = (after: string) => {
      const next = [...lines.keys()][[...lines.keys()].indexOf(after) + 1]!
      return whole.slice(lines.get(next)! - (format === 'csv' ? 0 : '{"subjectId":"'.length))
    }
    let went = 0
    for (let length = 0; length <= whole.length; length += 1)
      for (const size of [1, 7, 1000]) {
        const { pieces, after } = torsoOf(piecesOf(whole.slice(0, length), size), format)
        if (after === undefined) assert.deepEqual(pieces, [])
        else assert.equal(textOf(pieces) + goesOn(after), whole)
        went += after === undefined ? 0 : 1
      }
    assert.ok(went > 100, `${format} went on ${went} times`)
  }
})

test('what is no export is not cut anywhere', () => {
  assert.throws(() => torsoOf(piecesOf(`${'x'.repeat(80)}\n`, 10), 'ndjson'), TypeError)
})
