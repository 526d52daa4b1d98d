import { deepEqual, ok } from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename, dirname, join, normalize } from 'node:path'
import { test } from 'node:test'
import { migrationsIn, privilegesIn } from '#ground'
import { stair } from '../src/stair.ts'

interface Import {
  readonly from: string
  readonly to: string
}

const root = join(import.meta.dirname, '..')
const step = new Map<string, number>(stair.map((name, i) => [name, i]))
const roomOf = (path: string) => /^src\/([^/]+)\//.exec(path)?.[1]
const inAdapters = (path: string) => /^src\/[^/]+\/adapters\//.test(path)

/**
 * What is wrong with where a file stands, or undefined. A room has one level of folders, each for one subject; what
 * is said once for the whole room stands at its top (decision 0025).
 */
function misplaced(path: string): string | undefined {
  const [, , folder, name] = /^src\/([^/]+)\/(?:([^/]+)\/)?([^/]+)$/.exec(path) ?? []
  if (name === undefined) return roomOf(path) === undefined ? undefined : `${path} lies too deep`
  if (name.endsWith('.sql') && folder !== 'sql') return `${path} is never run as a migration`
  return folder !== undefined && /^(?:index|measures|loops|refusals)\.ts$/.test(name)
    ? `${path} belongs at the top of its room`
    : undefined
}

/**
 * Inside a room a line looks down as well, whatever folders it crosses: doors see acts, acts see stores, stores see
 * nouns.
 */
function shelf(path: string): number {
  const name = basename(path, '.ts')
  if (name === 'index') return 4
  if (/^(?:.*-)?(?:routes|jobs|loops|measures|checks)$/.test(name)) return 3
  // A flow strings acts and the outside world together; doors call it.
  if (/^(?:.*-)?flow$/.test(name)) return 2.5
  if (/^(?:.*-)?acts$/.test(name)) return 2
  if (/^(?:.*-)?(?:store|wire)$/.test(name)) return 1
  return 0
}

/** `import … from`, `export … from`, a bare `import`, and `import()` wherever it stands. */
const statement =
  /^(?:import|export)\b[^'`;]*?\bfrom\s*'([^']+)'|^import\s*'([^']+)'|(?<![.\w])import\(\s*'([^']+)'/gm

/** Every import in one source text, types included: a circle of types is a circle of thought. */
function importsIn(from: string, text: string): Import[] {
  const specifiers = [...text.matchAll(statement)].flatMap((m) => m[1] ?? m[2] ?? m[3] ?? [])
  return specifiers.map((s) => ({
    from,
    to: s.startsWith('.') ? normalize(join(dirname(from), s)) : s,
  }))
}

/** Libraries without I/O, that any file may use. */
const pure =
  /^(?:node:(?:crypto|buffer|path|zlib|stream|stream\/promises|util|timers\/promises|perf_hooks)|typebox(?:\/.*)?|csv-parse(?:\/.*)?|otpauth|jose|@zxcvbn-ts\/.*|@simplewebauthn\/server|@peculiar\/x509|reflect-metadata|shamir-secret-sharing|age-encryption|modern-tar|client-zip|rate-limiter-flexible)$/

/** What is wrong with one import, or undefined. */
function fault({ from, to }: Import): string | undefined {
  const here = roomOf(from)
  if (here === undefined) return undefined // the composition root may import any face
  if (to.startsWith('src/')) {
    if (roomOf(to) !== here) return `${from} reaches into ${to}`
    if (here === 'kernel' || here === 'ground') return undefined
    return shelf(to) <= shelf(from) || shelf(from) === 0
      ? lookingUp(from, to)
      : `${from} looks up to ${to}`
  }
  if (to.startsWith('verifier/')) {
    return here === 'trail' ? undefined : `${from} reaches into ${to}`
  }
  if (!to.startsWith('#')) {
    const allowed = here === 'ground' || inAdapters(from)
    const typesOnly = here === 'kernel' && /^(?:node:stream|typebox)$/.test(to)
    return allowed || typesOnly || (here !== 'kernel' && pure.test(to))
      ? undefined
      : `${from} touches the world: ${to}`
  }
  const [a, b] = [step.get(here), step.get(to.slice(1))]
  if (a === undefined || b === undefined) return `${from}: no step for ${here} or ${to}`
  return b < a ? undefined : `${from} climbs to ${to}`
}

/** A noun file (shelf 0) may use other nouns; never a store, acts or a door. */
function lookingUp(from: string, to: string): string | undefined {
  return shelf(from) === 0 && shelf(to) > 0 ? `${from} looks up to ${to}` : undefined
}

/** Files that can reach themselves. */
function circles(imports: readonly Import[]): string[] {
  const next = Map.groupBy(imports, (i) => i.from)
  const reaches = (from: string, goal: string, seen = new Set<string>()): boolean =>
    (next.get(from) ?? []).some(
      ({ to }) => to === goal || (!seen.has(to) && seen.add(to) && reaches(to, goal, seen)),
    )
  return [...next.keys()].filter((file) => reaches(file, file))
}

const read = (file: string) => readFileSync(join(root, file), 'utf8')
const files = globSync('src/**/*.ts', { cwd: root }).filter((f) => !f.endsWith('.test.ts'))
const imports = files.flatMap((f) => importsIn(f, read(f)))
const filesWith = (pattern: RegExp) => files.filter((f) => pattern.test(read(f))).sort()

test('imports go down the stair, through faces, and never round', () => {
  ok(files.length > 60 && imports.length > 200, 'the walk found the code')
  deepEqual(imports.map(fault).filter(Boolean), [])
  deepEqual(circles(imports), [])
})

test('a room has one level of folders, one face, and its migrations where they are run', () => {
  const all = globSync('src/**/*.{ts,sql}', { cwd: root })
  ok(all.filter((f) => f.split('/').length === 4).length > 200, 'the walk found the folders')
  deepEqual(all.map(misplaced).filter(Boolean), [])
  const said = (path: string) => misplaced(path)?.split(' ').slice(1, 3).join(' ')
  deepEqual(said('src/vault/tokens/old/token.ts'), 'lies too')
  deepEqual(said('src/vault/tokens/0999-token.sql'), 'is never')
  deepEqual(said('src/vault/tokens/sql/0999-token.sql'), 'lies too')
  deepEqual(said('src/vault/tokens/index.ts'), 'belongs at')
  deepEqual(said('src/vault/tokens/measures.ts'), 'belongs at')
  deepEqual(said('src/vault/tokens/routes.ts'), undefined)
})

/** Files a page names that are not there, seen from its room or from the root; and folders of the room it leaves out. */
function staleIn(page: string, text: string): string[] {
  const room = dirname(page)
  const named = [...text.matchAll(/`([\w./-]+\.ts)`/g)].map(([, file]) => file!)
  const folders = files
    .filter((f) => f.startsWith(`${room}/`) && f.split('/').length === 4 && !inAdapters(f))
    .map((f) => f.split('/')[2]!)
  return [
    ...named.filter((f) => ![join(room, f), f].some((path) => existsSync(join(root, path)))),
    ...[...new Set(folders)].filter((f) => f !== 'testdata' && !text.includes(`| \`${f}/\` |`)),
  ]
}

test('a room’s README names files that are there, and each of its folders', () => {
  const pages = globSync('src/*/README.md', { cwd: root })
  ok(pages.length > 8, 'the walk found the pages')
  for (const page of pages) deepEqual(staleIn(page, read(page)), [], page)
  const page = 'src/vault/README.md'
  const planted = read(page).replace('`tokens/acts.ts`', '`token-acts.ts`')
  deepEqual(staleIn(page, planted), ['token-acts.ts'])
  deepEqual(staleIn(page, read(page).replace('| `tokens/` |', '| |')), ['tokens'])
})

/** A statement as it is given to PostgreSQL. */
const ask = /\btext:\s*['`]\s*(?:select|insert|update|delete|with|lock|truncate)\b/i

/** Files of rooms that write SQL and are no stores. Ground is what stores stand on. */
const askingElsewhere = (all: readonly string[], textOf: (file: string) => string) =>
  all.filter(
    (f) =>
      !['ground', undefined].includes(roomOf(f)) &&
      !/(?:^|[/-])store\.ts$/.test(f) &&
      ask.test(textOf(f)),
  )

test('statements of SQL stand in stores', () => {
  ok(filesWith(ask).length > 60, 'the walk found the statements')
  deepEqual(askingElsewhere(files, read), [])
  const planted = () => 'await act.sql.rows({\n    text: `select id from vault.token`'
  const said = (file: string) => askingElsewhere([file], planted)
  deepEqual(said('src/vault/tokens/acts.ts'), ['src/vault/tokens/acts.ts'])
  deepEqual(said('src/vault/tokens/acts.ts'), ['src/vault/tokens/acts.ts'])
  deepEqual(said('src/vault/tokens/restore.ts'), ['src/vault/tokens/restore.ts'])
  deepEqual(said('src/vault/tokens/policy-store.ts'), [])
})

/** What the verifier may not lean on: anything but its own files, and Node's where there is Node. */
const leans = ({ from, to }: Import) =>
  to.startsWith('verifier/src/') || to.startsWith('node:') ? undefined : `${from} leans on ${to}`

test('the verifier leans on nothing, and on Node only where there is Node', () => {
  const own = globSync('verifier/src/**/*.ts', { cwd: root }).filter((f) => !f.endsWith('.test.ts'))
  ok(own.length > 15, 'the walk found it')
  deepEqual(
    own
      .flatMap((f) => importsIn(f, read(f)))
      .map(leans)
      .filter(Boolean),
    [],
  )
  const still = own.filter((f) => /^import .*'node:/m.test(read(f)))
  deepEqual(still, [], 'a browser could not load these')
  const [planted] = importsIn('verifier/src/a.ts', "import { x } from '../../src/trail/x.ts'")
  deepEqual(leans(planted!), 'verifier/src/a.ts leans on src/trail/x.ts')
})

test('each fault is caught where it is planted', () => {
  const said = (file: string, line: string) => importsIn(file, line).map(fault)[0]?.split(' ')[1]
  deepEqual(said('src/trail/a.ts', "import { x } from '#vault'"), 'climbs')
  deepEqual(said('src/vault/a.ts', "import { x } from '../../verifier/src/x.ts'"), 'reaches')
  deepEqual(said('src/trail/a.ts', "import { x } from '../../verifier/src/x.ts'"), undefined)
  deepEqual(said('src/vault/a.ts', "import type { X } from '#watch'"), 'climbs')
  deepEqual(said('src/vault/a.ts', "import { x } from '../trail/store.ts'"), 'reaches')
  deepEqual(said('src/vault/a.ts', "const x = await import('../trail/store.ts')"), 'reaches')
  deepEqual(said('src/vault/store.ts', "import { putRecord } from './acts.ts'"), 'looks')
  deepEqual(said('src/vault/retention/retention.ts', "import { rows } from './store.ts'"), 'looks')
  deepEqual(said('src/vault/acts.ts', "import { readFile } from 'node:fs'"), 'touches')
  deepEqual(said('src/kernel/act.ts', "import pg from 'pg'"), 'touches')
  deepEqual(said('src/keys/adapters/hsm.ts', "import { open } from 'node:fs'"), undefined)
  deepEqual(said('src/vault/a.ts', "import { x } from '#trail'"), undefined)
  // The same one folder deeper, and across folders of one room.
  deepEqual(said('src/vault/tokens/a.ts', "import type { X } from '#watch'"), 'climbs')
  deepEqual(said('src/vault/tokens/a.ts', "import { x } from '../../trail/store.ts'"), 'reaches')
  deepEqual(said('src/vault/tokens/acts.ts', "import { x } from '../routes.ts'"), 'looks')
  deepEqual(said('src/vault/tokens/store.ts', "import { x } from '../records/acts.ts'"), 'looks')
  deepEqual(said('src/vault/tokens/token.ts', "import { x } from '../records/store.ts'"), 'looks')
  deepEqual(said('src/vault/tokens/acts.ts', "import { x } from '../index.ts'"), 'looks')
  deepEqual(said('src/vault/tokens/acts.ts', "import { readFile } from 'node:fs'"), 'touches')
  deepEqual(said('src/vault/tokens/adapters/a.ts', "import fs from 'node:fs'"), 'touches')
  deepEqual(said('src/vault/tokens/acts.ts', "import { x } from '../records/store.ts'"), undefined)
  const round = [
    { from: 'a', to: 'b' },
    { from: 'b', to: 'c' },
    { from: 'c', to: 'a' },
    { from: 'd', to: 'a' },
  ]
  deepEqual(circles(round), ['a', 'b', 'c'])
})

test('only the threshold makes acts and receipts', () => {
  deepEqual(filesWith(/\bnew Act\(/), ['src/threshold.ts'])
  deepEqual(filesWith(/\bnew Receipt\(/), ['src/threshold.ts'])
})

test('only ground and adapters ask the clock or throw dice', () => {
  const outside = (f: string) => roomOf(f) !== 'ground' && !inAdapters(f)
  const clock = /\bnew Date\(\)|\bDate\.now\(\)|\bMath\.random\(\)/
  deepEqual(
    filesWith(clock).filter((f) => roomOf(f) !== undefined && outside(f)),
    [],
  )
  ok(clock.test('const now = new Date()'), 'a planted one is seen')
})

test('only keys and trail open what the keyring seals', () => {
  const opens = filesWith(/\bsecrets\.unseal\(/)
  ok(opens.length > 0, 'the walk found the openings')
  deepEqual(
    opens.filter((f) => !/^src\/(?:keys|trail)\//.test(f)),
    [],
  )
})

test('migration numbers are unique in the whole house, and every table says what the app may', () => {
  const migrations = migrationsIn(root)
  ok(migrations.length > 8, 'the walk found the migrations')
  deepEqual(new Set(migrations.map((m) => m.number)).size, migrations.length)
  const tables = migrations.flatMap(({ text }) => [...privilegesIn(text).keys()])
  const created = migrations.flatMap(({ text }) => text.match(/^\s*create table\b/gim) ?? [])
  deepEqual(
    tables.length,
    created.length,
    'each `create table schema.name` stands at the start of its line',
  )
  const planted = privilegesIn('-- app: insert select\ncreate table trail.entry (\n')
  deepEqual(planted.get('trail.entry'), 'insert select')
})

test('tables of controllers show rows only to their own scope', () => {
  for (const { file, text } of migrationsIn(root)) {
    if (!/\/(?:vault|keys)\/sql\//.test(file)) continue
    for (const [, table, columns] of text.matchAll(/^create table (\w+\.\w+) \(([\s\S]*?)^\)/gm)) {
      if (!/^\s*controller_id\s/m.test(columns!)) continue
      ok(
        text.includes(`alter table ${table} force row level security`),
        `${file}: ${table} is walled`,
      )
    }
  }
})
