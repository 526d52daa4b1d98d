import { type Evidence, type HouseCross, type Measure, Refusal, type World } from '#kernel'
import { fileTime, searchFiles, slackMs } from './adapters/file-search.ts'
import { formsOf, newCanaryText } from './canary.ts'
import {
  plantCanary,
  removeCanaries,
  searchTables,
  tryCanary,
  tryDestroyedKey,
} from './canary-acts.ts'
import { searchDatabaseFiles } from './canary-store.ts'
import { type Keyring, keyringOf } from './keyring.ts'
import { keyAges, stores } from './overview-acts.ts'

export const measures: readonly Measure[] = [
  {
    id: 'keys.encryption-at-rest',
    lines: ['A6', 'B2'],
    statement: 'Personal data is encrypted at rest with AES-256 and unreadable to outsiders.',
    class: 'enforced',
    references: [],
    freshFor: { hours: 24 },
    every: { minutes: 360 },
    check: checkEncryption,
  },
  {
    id: 'keys.rotation',
    lines: ['A7'],
    statement: 'Encryption keys are managed and rotated within their stated age.',
    class: 'enforced',
    references: [],
    freshFor: { hours: 24 },
    every: { minutes: 360 },
    check: checkRotation,
  },
  {
    id: 'keys.custody',
    lines: ['B3'],
    statement: 'The root key is kept apart from the data it protects, by a keeper that is named.',
    class: 'measured',
    references: [],
    freshFor: { hours: 24 },
    every: { minutes: 60 },
    check: checkCustody,
  },
]

/** Plants a plaintext through the path all personal data takes, then looks for it wherever bytes lie. */
async function checkEncryption(cross: HouseCross, world: World): Promise<Evidence> {
  const text = newCanaryText()
  const since = fileTime()
  const id = await cross({ action: 'keys.canary.plant' }, (act) => plantCanary(act, text))
  try {
    const read = { action: 'keys.canary.search', effect: 'read' } as const
    const tables = await cross(read, (act) => searchTables(act, id, text))
    const { dataDir } = world.settings
    const idBytes = Buffer.from(id.replaceAll('-', ''), 'hex')
    const forms = formsOf(text).map((form) => Buffer.from(form))
    const within = await cross(read, (act) =>
      searchDatabaseFiles(act.sql, forms, idBytes, new Date(since - slackMs)),
    )
    const outside = within === undefined ? 'all' : 'own'
    const below = await searchFiles(dataDir, since, forms, idBytes, outside)
    const files = {
      searched: below.searched + (within?.searched ?? 0),
      of: below.of + (within?.searched ?? 0),
      found: [...below.found, ...(within?.found ?? [])],
      control: below.control || within?.control === true,
      database: below.database || within !== undefined,
    }
    if (files.database && files.searched === files.of && !files.control) {
      throw new Error("the search of files does not find the canary's own id")
    }
    const tried = await cross({ action: 'keys.canary.open', effect: 'read' }, (act) =>
      tryCanary(act, id),
    )
    if (tried.text !== text) throw new Error('the canary does not open where it belongs')
    const register = await cross({ action: 'keys.store.list', effect: 'read' }, stores)
    const undeclared = register.flatMap((store) =>
      store.undeclared.map((column) => `${store.table}.${column}`),
    )
    const found = [...tables.found, ...files.found]
    const [n, of] = [tables.searched + files.searched - found.length, tables.of + files.of]
    return {
      holds: found.length === 0 && undeclared.length === 0 && tried.elsewhere !== undefined,
      finding: [
        found.length === 0
          ? `A known plaintext was stored and found readable nowhere: ${tables.searched} of ${tables.of} tables and ${files.searched} of ${files.of} files written since were searched.`
          : `A known plaintext that was stored lies readable in ${found.join(', ')}.`,
        ...(undeclared.length === 0
          ? []
          : [`Nobody declared a cipher for ${undeclared.join(', ')}.`]),
      ].join(' '),
      n,
      of,
      facts: { tables, files, undeclared },
      probe: {
        tried: 'to open the sealed canary as if it stood in another row',
        answer: tried.elsewhere ?? 'it opened',
        refused: tried.elsewhere !== undefined,
      },
    }
  } finally {
    await cross({ action: 'keys.canary.remove' }, removeCanaries)
  }
}

async function checkRotation(cross: HouseCross): Promise<Evidence> {
  const refused = await cross({ action: 'keys.canary.rotate' }, tryDestroyedKey)
  const { keys, copies, oldestPseudonymDays } = await cross(
    { action: 'keys.overview.read', effect: 'read' },
    async (act) => ({ ...keyAges(act), copies: keyringOf(act.secrets).copies() }),
  )
  const late = keys.filter((key) => key.late)
  const behind = copies.filter((copy) => !copy.upToDate)
  const of = keys.length + copies.length
  const n = of - late.length - behind.length
  return {
    holds: n === of && refused !== undefined,
    finding: [
      late.length === 0
        ? `All ${keys.length} keys with an age limit are within it.`
        : `${late.length} of ${keys.length} keys are past their age: ${late
            .slice(0, 5)
            .map(({ name }) => name)
            .join(', ')}.`,
      ...(behind.length === 0 ? [] : [`${behind.length} of ${copies.length} copies are behind.`]),
      `Pseudonym keys never turn; the oldest is ${oldestPseudonymDays} days old.`,
    ].join(' '),
    n,
    of,
    facts: { late: late.map(({ name }) => name), copies, oldestPseudonymDays },
    probe: {
      tried: 'to unwrap a key under a version that was rotated out and destroyed',
      answer: refused ?? 'it opened',
      refused: refused !== undefined,
    },
  }
}

async function checkCustody(cross: HouseCross): Promise<Evidence> {
  const { custody, trouble } = await cross(
    { action: 'keys.custody.read', effect: 'read' },
    async ({ secrets }) => {
      const keyring = keyringOf(secrets)
      return { custody: keyring.custody(), trouble: await troubleOf(keyring) }
    },
  )
  const { kind, sentence, apartFromData, powers } = custody
  const holds = apartFromData && trouble === undefined
  return {
    holds,
    finding:
      trouble === undefined
        ? sentence
        : `${sentence} Asked just now, it does not open the root: ${trouble}`,
    n: holds ? 1 : 0,
    of: 1,
    facts: { kind, apartFromData, ...powers, answers: trouble === undefined },
  }
}

/** What the keeper says when it is asked now; undefined where it opens the root. */
async function troubleOf(keyring: Keyring): Promise<string | undefined> {
  try {
    await keyring.probeKeeper()
    return undefined
  } catch (error) {
    if (error instanceof Refusal) return error.message
    throw error
  }
}
