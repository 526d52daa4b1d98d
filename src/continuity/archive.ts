import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { pipeline, Readable, type Transform } from 'node:stream'
import { Decrypter, Encrypter, identityToRecipient } from 'age-encryption'
import { createTarDecoder, createTarPacker } from 'modern-tar'
import { Refusal, type Secrets } from '#kernel'
import { type ObjectSum, ObjectTally, sameObjects } from './object-sum.ts'
import { brokenArchive } from './refusals.ts'
import { unzstd, zstd } from './zstd.ts'

/**
 * A backup is an age file (age-encryption.org/v1) of a zstd stream (RFC 8878) of a tar archive, so
 * that `age -d | zstd -d | tar x` opens it without us:
 *
 *     manifest.json                      what it is, and the trail's tree heads at that instant
 *     tables/<schema>.<table>/<n>.copy   rows in PostgreSQL's text COPY format, n from 000001
 *     objects/attachments/…              sealed parts of the files that the rows name, as the object
 *                                        store has them under `attachments/…`; none when they lie elsewhere
 *     counts.json                        rows and SHA-256 of each table's parts, in order; under
 *                                        `objects`, what `object-sum.ts` says of the objects
 *     proof.json                         HMAC over both, under a key that only the keyring makes
 *
 * `proof.json` comes last: an archive cut short has none, and is refused. So is one that somebody
 * else made: for age anybody may seal who knows the public key, and that lies beside every backup.
 */
export interface Manifest {
  readonly format: 'holdfast-backup/1'
  readonly backupId: string
  readonly createdAt: string
  readonly installationId: string
  readonly migrations: readonly number[]
  readonly heads: readonly TreeHead[]
  readonly tables: readonly string[]
  /** Where the objects of the files lay; a bundle has none. */
  readonly objects?: ObjectPlace
}

export interface ObjectPlace {
  /** In words for people. */
  readonly place: string
  /** In a store of their own: they stayed there, and are not in the archive. */
  readonly outside: boolean
  /** Files that were kept at that instant. */
  readonly files: number
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

/** What an archive ends with. */
export interface Ending {
  readonly counts: Counts
  /** Undefined in an archive that was to hold none. */
  readonly objects: ObjectSum | undefined
}

/** An object as its store has it; without bytes, something of which the store had nothing. */
export interface KeptObject {
  readonly key: string
  readonly bytes: Uint8Array | undefined
}

/** A table's rows, piece by piece. */
export interface TableRows {
  readonly table: string
  readonly pieces: AsyncIterable<Uint8Array>
}

const partBytes = 4_194_304
const newline = 0x0a

/** For whom an archive is sealed, and by what it is known as ours. */
export interface Sealing {
  readonly recipients: readonly string[]
  /** This backup's own key, as {@link archiveKey} gives it. */
  readonly key: Uint8Array
}

/** The key by which the house knows a backup of its own. It stays the same for as long as the keyring. */
export const archiveKey = (secrets: Secrets, backupId: string): Buffer =>
  secrets.mac('house', 'continuity.archive', backupId)

export interface More {
  readonly objects?: AsyncIterable<KeptObject> | undefined
  /** Is told how it ends once everything has passed. */
  readonly onEnd?: (ending: Ending) => void
}

/** Writes the archive. */
export async function sealArchive(
  manifest: Manifest,
  tables: AsyncIterable<TableRows>,
  { recipients, key }: Sealing,
  { objects, onEnd = () => {} }: More = {},
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
    const head = json(manifest)
    await add('manifest.json', head)
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
    const sum = await addObjects(add, objects)
    const end = json(sum === undefined ? counts : { ...counts, objects: sum })
    await add('counts.json', end)
    await add('proof.json', json({ mac: macOf(key, head, end).toString('hex') }))
    controller.finalize()
    onEnd({ counts, objects: sum })
  }
  fill().catch((error: unknown) => controller.error(error))
  const encrypter = new Encrypter()
  for (const recipient of recipients) encrypter.addRecipient(recipient)
  const compressed = through(readable, zstd())
  return await encrypter.encrypt(Readable.toWeb(compressed) as ReadableStream<Uint8Array>)
}

async function addObjects(
  add: (name: string, bytes: Uint8Array) => Promise<void>,
  objects: AsyncIterable<KeptObject> | undefined,
): Promise<ObjectSum | undefined> {
  if (objects === undefined) return undefined
  const tally = new ObjectTally()
  for await (const object of objects) {
    tally.add(object)
    if (object.bytes !== undefined) await add(`objects/${object.key}`, object.bytes)
  }
  return tally.sum()
}

/** An archive being read: the manifest at once, the rows as they come, the check at the end. */
export interface OpenArchive {
  readonly manifest: Manifest
  /**
   * Every part of the tables in order; objects go to `putBack` as they come. Ends with a refusal unless
   * everything came, every digest is right, and we made it: what was put back before that is to be dropped.
   */
  parts(
    putBack?: (key: string, bytes: Uint8Array) => Promise<void>,
  ): AsyncIterable<{ readonly table: string; readonly bytes: Uint8Array }>
  /** What the archive says it holds; known once {@link parts} has ended. */
  counts(): Counts
  /** What it says of its objects; undefined where it was to hold none. Known as {@link counts} is. */
  objects(): ObjectSum | undefined
}

/**
 * Opens an archive with an age identity.
 *
 * @param keyOf - the key of a backup, by its id.
 * @throws {Refusal} `continuity.broken-archive` for a wrong key, a changed byte, a missing end, or an
 *   archive that this keyring did not make.
 */
export async function openArchive(
  source: ReadableStream<Uint8Array>,
  identity: string,
  keyOf: (backupId: string) => Uint8Array,
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
  let ending: Ending | undefined
  const ended = (): Ending => {
    if (ending === undefined) throw brokenArchive('its end is missing')
    return ending
  }
  return {
    manifest,
    counts: () => ended().counts,
    objects: () => ended().objects,
    async *parts(putBack = async () => {}) {
      const found = new ObjectTally()
      const seen = new Map(
        manifest.tables.map((table) => [table, { rows: 0, digest: createHash('sha256') }]),
      )
      for (let entry = await next(); entry !== undefined; entry = await next()) {
        if (entry.name === 'counts.json') {
          const mac = macOf(keyOf(manifest.backupId), first.bytes, entry.bytes)
          if (!isProof(mac, await next())) throw brokenArchive('this house did not make it')
          ending = endingIn(entry.bytes)
          break
        }
        const key = objectName.exec(entry.name)?.[1]
        if (key !== undefined) {
          found.add({ key, bytes: entry.bytes })
          await putBack(key, entry.bytes)
          continue
        }
        const table = /^tables\/([a-z_]+\.[a-z_0-9]+)\/\d{6}\.copy$/.exec(entry.name)?.[1]
        const tally = table === undefined ? undefined : seen.get(table)
        if (table === undefined || tally === undefined)
          throw brokenArchive('it holds a part that its manifest does not name')
        tally.rows += rowsIn(entry.bytes)
        tally.digest.update(entry.bytes)
        yield { table, bytes: entry.bytes }
      }
      const { counts, objects } = ended()
      if (!sameObjects(found.sum(), objects ?? new ObjectTally().sum()))
        throw brokenArchive('its objects are not those that were written')
      for (const [table, { rows, digest }] of seen) {
        const said = counts[table]
        if (said?.rows !== rows || said.sha256 !== digest.digest('hex'))
          throw brokenArchive(`the rows of ${table} are not those that were written`)
      }
    },
  }
}

const objectName = /^objects\/(attachments\/[0-9a-f-]{36}\/[0-9a-f-]{36}\/\d{8})$/

/** A table's name has a dot in it, so that `objects` is none. */
function endingIn(bytes: Uint8Array): Ending {
  const { objects, ...counts } = parse(bytes) as Counts & { readonly objects?: ObjectSum }
  return { counts, objects }
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

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest()

/** What vouches for an archive: its manifest, and through the counts every part. */
const macOf = (key: Uint8Array, manifest: Uint8Array, counts: Uint8Array): Buffer =>
  createHmac('sha256', key).update(sha256(manifest)).update(sha256(counts)).digest()

function isProof(mac: Buffer, entry: { name: string; bytes: Uint8Array } | undefined): boolean {
  if (entry?.name !== 'proof.json') return false
  const { mac: said } = parse(entry.bytes) as { mac?: unknown }
  const given = Buffer.from(typeof said === 'string' ? said : '', 'hex')
  return given.length === mac.length && timingSafeEqual(given, mac)
}

/** PostgreSQL's own bound of one value; a part is a few megabytes and at most one row more. */
const longestPart = 1_073_741_824

async function whole(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  let size = 0
  try {
    for await (const piece of body) {
      size += piece.length
      if (size > longestPart) throw brokenArchive('a part of it is larger than any')
      pieces.push(piece)
    }
  } catch (error) {
    throw error instanceof Refusal ? error : brokenArchive('it is damaged')
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
