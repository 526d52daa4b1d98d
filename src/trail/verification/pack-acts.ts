import { type Act, Receipt, Refusal, Sealed, type Secrets } from '#kernel'
import { anchors } from '../anchors/store.ts'
import { newestCheckpoint } from '../tree/checkpoint-store.ts'
import { parseCheckpoint } from '../tree/checkpoint.ts'
import { houseLog, rootLog } from '../entries/entry.ts'
import { isShredded, payloadContext } from '../entries/leaf.ts'
import { parseNote } from '../tree/note.ts'
import { formatPolicy, ndjson, type PackFile } from './pack.ts'
import {
  anchoredAt,
  type ClosedEntry,
  closedEntries,
  dailyCheckpoints,
  tokensAt,
  vouchedSizes,
} from './pack-store.ts'
import { proveAt } from '../tree/proof-acts.ts'
import { nothingSigned } from '../refusals.ts'
import { type StatementPage, statementPage } from './statement-acts.ts'
import { readLogFile } from '../tree/serve-acts.ts'
import { findLogKeys } from '../tree/signer-acts.ts'
import { formatTilePath, type TilePath, tileWidth } from '../tree/tiles.ts'

/** Of each kind so many are carried along beside the newest: those that others have vouched for. */
const mostVouched = 2

/** A log as it stood at one signed checkpoint. */
export interface PackHead {
  readonly log: string
  readonly origin: string
  readonly size: number
  readonly keys: readonly string[]
  /** Where the house keeps copies that it cannot change. */
  readonly copies: readonly string[]
  /** Everything but statements, tiles, bundles and openings. */
  readonly files: readonly PackFile[]
}

/** The log an act is about: its controller's, or the house's. */
export const logOf = ({ scope }: Act): string => (scope === 'house' ? houseLog : scope.controllerId)

/**
 * Fixes what a pack holds: the log at its newest signed checkpoint.
 *
 * @throws {Refusal} `trail.nothing-signed`; and what the actor lacks, where payloads are asked for.
 */
export async function openPack(act: Act, openings: boolean): Promise<PackHead> {
  const log = logOf(act)
  if (openings) demandMayOpen(act)
  const [keys, newest] = [await findLogKeys(act.sql), await newestCheckpoint(act.sql, log)]
  if (keys === undefined || newest === undefined) throw nothingSigned()
  const { origin, size } = parseCheckpoint(parseNote(newest.note).text)
  act.tell({ log, entries: size, openings })
  const earlier = await dailyCheckpoints(act.sql, log, size)
  const held = await anchors(act.sql)
  const witnesses = held.flatMap(({ kind, key }) =>
    kind === 'witness' && key !== null ? [key] : [],
  )
  return {
    log,
    origin,
    size,
    keys: [keys.verifierKey(log), keys.verifierKey(rootLog), keys.cosignerKey(rootLog)],
    copies: held.filter(({ kind }) => kind === 'copy').map(({ name }) => name),
    files: [
      { name: 'checkpoint', input: newest.note },
      { name: 'root.policy', input: formatPolicy(keys.verifierKey(rootLog), witnesses) },
      ...(earlier.length === 0 ? [] : [{ name: 'checkpoints.ndjson', input: ndjson(earlier) }]),
      ...(await anchorFiles(act, log, size)),
    ],
  }
}

function demandMayOpen(act: Act): void {
  const decision = act.may({ action: 'trail.entry.read' })
  if (!decision.allowed) throw new Refusal(decision.code, 403, decision.message)
}

async function anchorFiles({ sql }: Act, log: string, size: number): Promise<PackFile[]> {
  const files: PackFile[] = []
  const seen = new Set<number>()
  for (const upTo of [Number.MAX_SAFE_INTEGER, ...(await vouchedSizes(sql, mostVouched))]) {
    const anchored = await anchoredAt(sql, log, size, upTo)
    if (anchored === undefined || seen.has(anchored.rootSize)) continue
    const { note, rootIndex, rootSize, rootNote } = anchored
    const name = `anchors/${seen.size}`
    seen.add(rootSize)
    const proof = await proveAt(sql, rootLog, rootIndex, rootSize, rootNote)
    files.push({ name: `${name}.checkpoint`, input: note })
    files.push({ name: `${name}.tlog-proof`, input: proof })
    for (const [i, input] of (await tokensAt(sql, rootSize)).entries()) {
      files.push({ name: `${name}${i === 0 ? '' : `.${i}`}.tsr`, input })
    }
  }
  return files
}

/** The statements from one on. */
export async function readStated(act: Act, after?: string): Promise<StatementPage> {
  const log = logOf(act)
  const page = await statementPage(act.sql, log, after)
  act.tell({ log, statements: page.count })
  return page
}

/** Tiles and bundles by their paths; those the log no longer serves are left out. */
export async function readTiles(act: Act, paths: readonly TilePath[]): Promise<PackFile[]> {
  const log = logOf(act)
  const files: PackFile[] = []
  for (const path of paths.map(formatTilePath)) {
    const file = await readLogFile(act.sql, log, path)
    if (file !== undefined) files.push({ name: path, input: file.bytes })
  }
  act.tell({ log, files: files.length })
  return files
}

/** The openings of some bundles; and how many payloads could be opened no more, though nobody erased them. */
export interface Opened {
  readonly files: readonly PackFile[]
  readonly lost: number
}

/** Opens payloads and sets of the entries of some bundles, once the act that tells of it is committed. */
export async function openBundles(act: Act, bundles: readonly TilePath[]): Promise<Sealed<Opened>> {
  demandMayOpen(act)
  const [log, { secrets }] = [logOf(act), act]
  const closed: { name: string; entries: ClosedEntry[] }[] = []
  for (const { n, width } of bundles) {
    const start = n * tileWidth
    const entries = await closedEntries(act.sql, log, start, start + width)
    const path = formatTilePath({ level: 'entries', n, width: tileWidth })
    closed.push({ name: `${path.replace('tile/entries', 'openings')}.ndjson`, entries })
  }
  act.tell({ log, openings: closed.reduce((sum, { entries }) => sum + entries.length, 0) })
  return new Sealed((receipt) => {
    Receipt.demand(receipt)
    let lost = 0
    const files = closed.map(({ name, entries }) => {
      const opened = entries.map((entry) => opening(secrets, log, entry))
      lost += opened.filter((one) => one === 'lost').length
      return { name, input: ndjson(opened.filter((one) => typeof one === 'object')) }
    })
    return { files, lost }
  })
}

/** One entry's opening; nothing where it is erased and touched no one. */
function opening(
  secrets: Secrets,
  log: string,
  { index, entryId, sealed, touched }: ClosedEntry,
): object | 'lost' | undefined {
  const set = touched === null ? {} : { set: touched.toString('base64') }
  try {
    if (sealed === null) return touched === null ? undefined : { index, ...set }
    const payload = secrets.unseal(log, payloadContext(entryId), sealed)
    return { index, payload: payload.toString('base64'), ...set }
  } catch (error) {
    if (isShredded(error)) return 'lost'
    throw error
  }
}
