/**
 * The erasure ledger outside the database: one JSON object a line, appended, never changed.
 *
 *     {"keyId","controllerId","subjectId","commitment" (hex),"at" (ISO),"reason"}
 *
 * A restored database forgets what was erased after its backup; this file does not. A crash may
 * leave a line twice, or its beginning only: readers take a key id once and pass over what is cut off.
 */
import {
  appendFileSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import type { Erasure } from '../erasure.ts'

const name = 'erasures.ndjson'

/** @param offsiteDir - a second place that gets a copy. */
export interface LedgerPlaces {
  readonly dataDir: string
  readonly offsiteDir: string | undefined
}

/** Appends erasures, on the disk when it returns, and brings the copies up to date. */
export function appendErasures(places: LedgerPlaces, erasures: readonly Erasure[]): void {
  const lines = erasures.map(({ keyId, controllerId, subjectId, commitment, at, reason }) =>
    JSON.stringify({
      keyId,
      controllerId,
      subjectId,
      commitment: commitment.toString('hex'),
      at: at.toISOString(),
      reason,
    }),
  )
  const [first, ...copies] = paths(places)
  appendDurably(first!, Buffer.from(`${cutOff(first!) ? '\n' : ''}${lines.join('\n')}\n`))
  for (const copy of copies) follow(first!, copy)
}

/** Appends those of these erasures that the house's own ledger does not have. */
export function completeErasures(places: LedgerPlaces, erasures: readonly Erasure[]): void {
  const known = new Set(readErasures(join(places.dataDir, 'keys')).map(({ keyId }) => keyId))
  const missing = erasures.filter(({ keyId }) => !known.has(keyId))
  if (missing.length > 0) appendErasures(places, missing)
}

/** Brings each copy up to date, for those that could not be reached before. */
export function copyErasures(places: LedgerPlaces): void {
  const [first, ...copies] = paths(places)
  if (!existsSync(first!)) return
  for (const copy of copies) follow(first!, copy)
}

/** Every erasure in the ledger file of this directory (`<dataDir>/keys`, or a copy's), once. */
export function readErasures(dir: string): Erasure[] {
  const path = join(dir, name)
  if (!existsSync(path)) return []
  const byKey = new Map<string, Erasure>()
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const erasure = parsed(line)
    if (erasure !== undefined) byKey.set(erasure.keyId, erasure)
  }
  return [...byKey.values()]
}

function parsed(line: string): Erasure | undefined {
  try {
    const { commitment, at, ...rest } = JSON.parse(line) as Record<string, string>
    if (commitment === undefined || at === undefined) return undefined
    return { ...rest, commitment: Buffer.from(commitment, 'hex'), at: new Date(at) } as Erasure
  } catch {
    return undefined
  }
}

const paths = ({ dataDir, offsiteDir }: LedgerPlaces): string[] => [
  join(dataDir, 'keys', name),
  join(dataDir, 'keys', 'copy', name),
  ...(offsiteDir === undefined ? [] : [join(offsiteDir, 'keys', name)]),
]

/**
 * The ledger only grows, so a copy is a beginning of it: what is missing is its end. After a restore the copy may
 * be that of the house before, which had gone on: then it gets the lines that it does not have.
 */
function follow(path: string, copy: string): void {
  const size = existsSync(copy) ? statSync(copy).size : 0
  const own = readFileSync(path)
  if (endsAlike(own, copy, size)) {
    if (own.length > size) appendDurably(copy, own.subarray(size))
    return
  }
  const there = new Set(readFileSync(copy, 'utf8').split('\n'))
  const missing = own
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '' && !there.has(line))
  if (missing.length === 0) return
  const text = `${cutOff(copy) ? '\n' : ''}${missing.join('\n')}\n`
  appendDurably(copy, Buffer.from(text))
}

/** Compared so far back from a copy's end: several lines, of which no two are alike. */
const comparedBytes = 4096

function endsAlike(own: Buffer, copy: string, size: number): boolean {
  if (size === 0 || size > own.length) return size === 0
  const from = Math.max(0, size - comparedBytes)
  const end = Buffer.alloc(size - from)
  const file = openSync(copy, constants.O_RDONLY)
  try {
    return (
      readSync(file, end, 0, end.length, from) === end.length &&
      own.subarray(from, size).equals(end)
    )
  } finally {
    closeSync(file)
  }
}

function cutOff(path: string): boolean {
  return existsSync(path) && statSync(path).size > 0 && readFileSync(path).at(-1) !== 0x0a
}

/** `O_SYNC` and not `fsync`: Node refuses the latter under its permission model. */
function appendDurably(path: string, bytes: Buffer): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const { O_APPEND, O_CREAT, O_SYNC, O_WRONLY } = constants
  const file = openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_SYNC, 0o600)
  try {
    appendFileSync(file, bytes)
  } finally {
    closeSync(file)
  }
}
