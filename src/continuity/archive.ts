import { createHash } from 'node:crypto'
import { pipeline, Readable, type Transform } from 'node:stream'
import { Decrypter, Encrypter, identityToRecipient } from 'age-encryption'
import { createTarDecoder, createTarPacker } from 'modern-tar'
import { brokenArchive } from './refusals.ts'
import { unzstd, zstd } from './zstd.ts'

/**
 * A backup is an age file (age-encryption.org/v1) of a zstd stream (RFC 8878) of a tar archive, so
 * that `age -d | zstd -d | tar x` opens it without us:
 *
 *     manifest.json                      what it is, and the trail's tree heads at that instant
 *     tables/<schema>.<table>/<n>.copy   rows in PostgreSQL's text COPY format, n from 000001
 *     counts.json                        rows and SHA-256 of each table's parts, in order
 *
 * `counts.json` comes last: an archive cut short has none, and is refused.
 */
export interface Manifest {
  readonly format: 'holdfast-backup/1'
  readonly backupId: string
  readonly createdAt: string
  readonly installationId: string
  readonly migrations: readonly number[]
  readonly heads: readonly TreeHead[]
  readonly tables: readonly string[]
}

export interface TreeHead {
  readonly log: string
  readonly size: number
  /** Hex. */
  readonly root: string
}

export interface TableCount {
  readonly rows: number
  /** SHA-256 over the table's parts, hex. */
  readonly sha256: string
}

export type Counts = Readonly<Record<string, TableCount>>

/** A table's rows, piece by piece. */
export interface TableRows {
  readonly table: string
  readonly pieces: AsyncIterable<Uint8Array>
}

const partBytes = 4_194_304
const newline = 0x0a

/** Writes the archive. `onCounts` is told the counts once all rows have passed. */
export async function sealArchive(
  manifest: Manifest,
  tables: AsyncIterable<TableRows>,
  recipients: readonly string[],
  onCounts: (counts: Counts) => void = () => {},
): Promise<AsyncIterable<Uint8Array>> {
  const { readable, controller } = createTarPacker()
  const add = async (name: string, bytes: Uint8Array) => {
    const header = {
      name,
      size: bytes.length,
      type: 'file' as const,
      mtime: new Date(manifest.createdAt),
    }
    const sink = controller.add(header).getWriter()
    await sink.write(bytes)
    await sink.close()
  }
  const fill = async () => {
    const counts: Record<string, TableCount> = {}
    await add('manifest.json', json(manifest))
    for await (const { table, pieces } of tables) {
      const digest = createHash('sha256')
      let rows = 0
      let part = 0
      for await (const bytes of inParts(pieces)) {
        digest.update(bytes)
        rows += rowsIn(bytes)
        part += 1
        await add(`tables/${table}/${String(part).padStart(6, '0')}.copy`, bytes)
      }
      counts[table] = { rows, sha256: digest.digest('hex') }
    }
    await add('counts.json', json(counts))
    controller.finalize()
    onCounts(counts)
  }
  fill().catch((error: unknown) => controller.error(error))
  const encrypter = new Encrypter()
  for (const recipient of recipients) encrypter.addRecipient(recipient)
  const compressed = through(readable, zstd())
  return await encrypter.encrypt(Readable.toWeb(compressed) as ReadableStream<Uint8Array>)
}

/** An archive being read: the manifest at once, the rows as they come, the check at the end. */
export interface OpenArchive {
  readonly manifest: Manifest
  /** Every part in order. Ends with a refusal unless all rows came and every digest is right. */
  parts(): AsyncIterable<{ readonly table: string; readonly bytes: Uint8Array }>
  /** What the archive says it holds; known once {@link parts} has ended. */
  counts(): Counts
}

/**
 * Opens an archive with an age identity.
 *
 * @throws {Refusal} `continuity.broken-archive` for a wrong key, a changed byte or a missing end.
 */
export async function openArchive(
  source: ReadableStream<Uint8Array>,
  identity: string,
): Promise<OpenArchive> {
  const decrypter = new Decrypter()
  decrypter.addIdentity(identity)
  const plain = await decrypter.decrypt(source).catch(() => {
    throw brokenArchive('it does not open with this key')
  })
  const unpacked = Readable.toWeb(through(plain, unzstd())) as ReadableStream<Uint8Array>
  const entries = unpacked.pipeThrough(createTarDecoder()) as unknown as AsyncIterable<{
    header: { name: string }
    body: AsyncIterable<Uint8Array>
  }>
  const iterator = entries[Symbol.asyncIterator]()
  const next = async () => {
    const step = await iterator.next().catch(() => {
      throw brokenArchive('it is damaged')
    })
    if (step.done === true) return undefined
    const bytes = await whole(step.value.body)
    return { name: step.value.header.name, bytes }
  }
  const first = await next()
  if (first?.name !== 'manifest.json') throw brokenArchive('it does not begin with a manifest')
  const manifest = parse(first.bytes) as Manifest
  if (manifest.format !== 'holdfast-backup/1') throw brokenArchive('it is of another format')
  let counts: Counts | undefined
  return {
    manifest,
    counts: () => {
      if (counts === undefined) throw brokenArchive('its end is missing')
      return counts
    },
    async *parts() {
      const seen = new Map(
        manifest.tables.map((table) => [table, { rows: 0, digest: createHash('sha256') }]),
      )
      for (let entry = await next(); entry !== undefined; entry = await next()) {
        if (entry.name === 'counts.json') {
          counts = parse(entry.bytes) as Counts
          break
        }
        const table = /^tables\/([a-z_]+\.[a-z_0-9]+)\/\d{6}\.copy$/.exec(entry.name)?.[1]
        const tally = table === undefined ? undefined : seen.get(table)
        if (table === undefined || tally === undefined)
          throw brokenArchive('it holds a part that its manifest does not name')
        tally.rows += rowsIn(entry.bytes)
        tally.digest.update(entry.bytes)
        yield { table, bytes: entry.bytes }
      }
      if (counts === undefined) throw brokenArchive('its end is missing')
      for (const [table, { rows, digest }] of seen) {
        const said = counts[table]
        if (said?.rows !== rows || said.sha256 !== digest.digest('hex'))
          throw brokenArchive(`the rows of ${table} are not those that were written`)
      }
    },
  }
}

/** A stream through another; unlike `pipe`, it ends with the error of either, instead of never. */
function through(source: ReadableStream, transform: Transform): Transform {
  pipeline(Readable.fromWeb(source as never), transform, () => {})
  return transform
}

/** The public half of an age identity. */
export const recipientOf = (identity: string): Promise<string> => identityToRecipient(identity)

/** Text COPY ends each row with a newline and escapes those inside values. */
function rowsIn(bytes: Uint8Array): number {
  let rows = 0
  for (let at = bytes.indexOf(newline); at !== -1; at = bytes.indexOf(newline, at + 1)) rows += 1
  return rows
}

/** Gathers pieces into parts of a known size, each ending with a whole row. */
async function* inParts(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] = []
  let size = 0
  for await (const piece of pieces) {
    held.push(piece)
    size += piece.length
    if (size < partBytes) continue
    const all = Buffer.concat(held)
    const end = all.lastIndexOf(newline) + 1
    if (end === 0) continue
    yield all.subarray(0, end)
    held = [all.subarray(end)]
    size = all.length - end
  }
  if (size > 0) yield Buffer.concat(held)
}

async function whole(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  try {
    for await (const piece of body) pieces.push(piece)
  } catch {
    throw brokenArchive('it is damaged')
  }
  return Buffer.concat(pieces)
}

const json = (value: unknown) => Buffer.from(JSON.stringify(value))

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch {
    throw brokenArchive('it is damaged')
  }
}
