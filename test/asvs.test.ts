import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { routes } from '../src/rooms.ts'
import { numbersByLevel } from './asvs-numbers.ts'

const root = join(import.meta.dirname, '..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const page = read('docs/asvs.md')

interface Row {
  readonly number: string
  readonly level: string
  readonly asked: string
  readonly state: string
  readonly said: string
  readonly tests: readonly { readonly file: string; readonly name: string }[]
}

function rowsOf(text: string): Row[] {
  return text
    .split('\n')
    .filter((line) => /^\| \d/.test(line))
    .map((line) => {
      const [number, level, asked, stands, ...more] = line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim())
      equal(more.length, 0, `a row has four cells: ${line}`)
      const [, state = '', said = ''] = /^\*\*([a-z ]+)\*\* ?(.*)$/.exec(stands ?? '') ?? []
      const named = [...said.matchAll(/`([^`]+\.test\.ts)`((?:;? “[^”]+”)+)/g)]
      const tests = named.flatMap(([, file, names]) =>
        [...names!.matchAll(/“([^”]+)”/g)].map(([, name]) => ({ file: file!, name: name! })),
      )
      return { number: number!, level: level!, asked: asked!, state, said, tests }
    })
}

/** What is wrong with a page, in words; nothing, where it is in step. */
function wrongs(text: string): string[] {
  const rows = rowsOf(text)
  const found: string[] = []
  const all = Object.entries(numbersByLevel)
  for (const [level, numbers] of all)
    for (const number of numbers) {
      const here = rows.filter((row) => row.number === number)
      if (here.length !== 1) found.push(`${number} stands here ${here.length} times`)
      else if (here[0]!.level !== level) found.push(`${number} is of level ${level}`)
    }
  const known = new Set(all.flatMap(([, numbers]) => numbers))
  for (const { number, state, said, asked, tests } of rows) {
    if (!known.has(number)) found.push(`${number} is no requirement`)
    if (asked.length < 8) found.push(`${number} does not say what is asked`)
    if (!['met', 'in part', 'not', 'not ours'].includes(state))
      found.push(`${number} stands nowhere`)
    if (['met', 'in part'].includes(state) && tests.length === 0)
      found.push(`${number} names no test`)
    const reason = said.split('`')[0]!.trim()
    if (state !== 'met' && reason.length < 15) found.push(`${number} gives no reason`)
    for (const { file, name } of tests) {
      if (!existsSync(join(root, file))) found.push(`${number}: there is no ${file}`)
      else if (!hasTest(read(file), name)) found.push(`${number}: ${file} has no “${name}”`)
    }
  }
  return found
}

/** A test declared by this name, and not skipped. */
function hasTest(source: string, name: string): boolean {
  const quoted = ["'", '"', '`'].map((mark) => `${mark}${name}${mark}`)
  return quoted.some(
    (text) =>
      source.includes(`test(${text}`) || new RegExp(`\\btest\\(\\s+${escaped(text)}`).test(source),
  )
}

const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)

test('each requirement of chapters V6 to V10 stands on the page once, with a test that exists or a reason', () => {
  equal(Object.values(numbersByLevel).flat().length, 122)
  deepEqual(wrongs(page), [])
})

test('the page counts itself right', () => {
  const rows = rowsOf(page)
  const count = (state: string) => rows.filter((row) => row.state === state).length
  const sentence = `Of ${rows.length} requirements ${count('met')} are met, ${count('in part')} in part, ${count('not')} not, and ${count('not ours')} are not ours.`
  ok(page.includes(sentence), sentence)
})

test('a page that lost a row, named a test that is not there, or gave no reason is found', () => {
  const lines = page.split('\n')
  const planted = (change: (line: string) => string, number: string) =>
    wrongs(lines.map((line) => (line.startsWith(`| ${number} |`) ? change(line) : line)).join('\n'))
  deepEqual(
    planted(() => '', '7.2.3'),
    ['7.2.3 stands here 0 times'],
  )
  deepEqual(
    planted((line) => `${line}\n${line}`, '7.2.3'),
    ['7.2.3 stands here 2 times'],
  )
  match(
    planted((line) => line.replace('an opaque', 'no opaque'), '7.2.3').join(),
    /has no “no opaque/,
  )
  match(planted((line) => line.replace('token.test', 'tokens.test'), '7.2.3').join(), /there is no/)
  deepEqual(
    planted(() => '| 7.2.3 | 1 | 128 random bits at least | **not** yet |', '7.2.3'),
    ['7.2.3 gives no reason'],
  )
  deepEqual(
    planted(() => '| 7.2.3 | 1 | 128 random bits at least | **met** surely |', '7.2.3'),
    ['7.2.3 names no test'],
  )
  deepEqual(
    planted((line) => line.replace('| 1 |', '| 2 |'), '7.2.3'),
    ['7.2.3 is of level 1'],
  )
})

test('each door that lets in who has shown nothing stands on the page on getting in', () => {
  const access = read('docs/access.md')
  const open = routes.filter(({ assurance }) => assurance === 0)
  ok(open.length > 10, 'the walk found doors')
  const missing = (text: string) =>
    open
      .map(({ method, url }) => `${method} ${url}`)
      .filter((door) => !text.includes(`\`${door}\``))
  deepEqual(missing(access), [])
  deepEqual(missing(access.replaceAll('POST /v1/token`', '')), ['POST /v1/token'])
})
