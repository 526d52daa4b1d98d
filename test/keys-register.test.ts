import { deepEqual, equal, ok } from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { relative, join } from 'node:path'
import { after, test } from 'node:test'
import { stores } from '../src/keys/overview-acts.ts'
import { placeOfFile, registerOf } from '../src/keys/store-register.ts'
import { openHouse } from './house.ts'

// Everything at rest stands in the register: what is sealed and how, what lies readable and why.

const house = await openHouse({ listen: true })
after(() => house.close())
const register = () =>
  house.act({ action: 'keys.store.list', effect: 'read' }, (act) => stores(act))

test('every column of bytes has its cipher, and every column of words says what the words are', async () => {
  const tables = await register()
  ok(tables.length > 80, 'the walk found the tables')
  const bytes = tables.flatMap(({ table, undeclared }) => undeclared.map((c) => `${table}.${c}`))
  deepEqual(bytes, [], 'declare them in src/keys/store-register.ts or in a comment on the column')
  const words = tables.flatMap(({ table, words }) =>
    words.filter(({ what }) => what === undefined).map(({ column }) => `${table}.${column}`),
  )
  deepEqual(words, [], 'say what they hold in src/keys/plain-register.ts or in a comment')
})

test('a planted column that nobody spoke for is seen, and one that its comment speaks for is not', () => {
  const planted = { table: 'vault.record', comment: null, few: false }
  const [store] = registerOf([
    { ...planted, column: 'diary', type: 'text' },
    { ...planted, column: 'photo', type: 'bytea' },
    { ...planted, column: 'mood', type: 'text', few: true },
    { ...planted, column: 'hint', type: 'jsonb', comment: 'plain: figures of ours' },
    { ...planted, column: 'secret', type: 'text', comment: 'cipher: XAES-256-GCM under the ring' },
  ])
  deepEqual(store!.undeclared, ['photo'])
  deepEqual(
    store!.words.filter(({ what }) => what === undefined).map(({ column }) => column),
    ['diary'],
  )
})

test('every file the house has written belongs to a place of the register', () => {
  const { dataDir } = house.settings
  const written = readdirSync(dataDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() || entry.isSocket())
    .map((entry) => relative(dataDir, join(entry.parentPath, entry.name)))
  ok(written.length >= 4, 'the walk found files')
  deepEqual(
    written.filter((path) => placeOfFile(path) === undefined),
    [],
  )
  equal(placeOfFile('notes/of-somebody.txt'), undefined, 'a planted one is seen')
})
