import { randomBytes } from '#ground'
import { openBox, sealBox } from '../box.ts'
import { contextBytes } from '../context.ts'
import type { Keeper } from '../keeper.ts'
import type { CopyState, Custody, RootProvider, RootVersion } from '../provider.ts'
import { combineShares, splitKey } from '../recovery.ts'
import {
  keyDestroyed,
  notAuthentic,
  otherKeeper,
  sharesWrong,
  unknownKeyVersion,
} from '../refusals.ts'
import {
  keeperContext,
  openSlot,
  rewrappedBy,
  type RootFile,
  rootFormat,
  type RootKey,
  sealSlot,
  wrappedIn,
} from '../root-file.ts'
import { NotAuthentic, Xaes } from '../xaes.ts'
import { ReplicatedFile } from './replicated-file.ts'

export interface FileRootOptions {
  /** The directory of the root file, usually `<dataDir>/keys`. */
  readonly dir: string
  /** Further directories that keep a copy of the root file. Never of what opens it. */
  readonly places: readonly string[]
  readonly keeper: Keeper
}

export interface Birth {
  readonly now: Date
  readonly newId: () => string
}

export const rootFileIn = ({ dir, places }: Pick<FileRootOptions, 'dir' | 'places'>) =>
  new ReplicatedFile(dir, 'root', 'sealed', places)

/**
 * The root key in a sealed file, whose key the keeper opens, once.
 *
 * @param birth - of a root that is made where there is none.
 * @throws {Refusal} `keys.other-keeper`, and what the keeper throws.
 */
export async function openFileRoot(options: FileRootOptions, birth: Birth): Promise<FileRoot> {
  const { keeper } = options
  const file = rootFileIn(options)
  if (file.read() === undefined) await begin(file, keeper, birth)
  const root = parse(file)
  const { kind, wrapped } = wrappedIn(root)
  if (kind !== keeper.kind) throw otherKeeper(kind, keeper.kind)
  const fileKey = await keeper.unwrap(keeperContext(kind, root.id), wrapped)
  const opened = new FileRoot(file, keeper, fileKey)
  file.replicate()
  return opened
}

/**
 * Moves the root to another keeper with three of the five recovery shares: what to do when the one
 * before is lost.
 *
 * @throws {Refusal} `keys.shares-wrong`, `keys.shares-too-few`, and what the keeper throws.
 */
export async function recoverRoot(
  options: FileRootOptions,
  shares: readonly string[],
): Promise<void> {
  const { keeper } = options
  const { set, key } = await combineShares(shares)
  const file = rootFileIn(options)
  const root = parse(file)
  if (root.recovery?.set !== set) throw sharesWrong()
  const fileKey = opened(
    () => openSlot(Xaes.taking(key), root.id, 'recovery', root.recovery!.sealed),
    sharesWrong,
  )
  const wrapped = await keeper.wrap(keeperContext(keeper.kind, root.id), fileKey)
  fileKey.fill(0)
  change(file, (now) => rewrappedBy(now, keeper.kind, wrapped))
}

export class FileRoot implements RootProvider {
  readonly #file: ReplicatedFile
  #keeper: Keeper
  #generation = 0
  #fileKey: Buffer
  #id = ''
  #recoverable = false
  #versions: readonly RootVersion[] = []
  readonly #locks = new Map<number, Xaes>()

  constructor(file: ReplicatedFile, keeper: Keeper, fileKey: Buffer) {
    this.#file = file
    this.#keeper = keeper
    this.#fileKey = fileKey
    this.#load(parse(file))
  }

  readonly recovery = {
    makeShares: async (): Promise<string[]> => {
      const key = randomBytes(32)
      const set = randomBytes(4).toString('hex')
      const shares = await splitKey(key, set)
      this.#change((root) => ({
        ...root,
        recovery: {
          set,
          sealed: sealSlot(Xaes.taking(Buffer.from(key)), root.id, 'recovery', this.#fileKey),
        },
      }))
      key.fill(0)
      return shares
    },
  }

  custody(): Custody {
    const { kind, sentence, apartFromData, powers } = this.#keeper
    const shares = this.#recoverable
      ? ' Any three of five recovery shares open it without the keeper.'
      : ''
    return { kind, sentence: sentence + shares, apartFromData, powers }
  }

  /** Asks the keeper once more. @throws {Refusal} what the keeper throws. */
  async probe(): Promise<void> {
    const { wrapped } = wrappedIn(parse(this.#file))
    const context = keeperContext(this.#keeper.kind, this.#id)
    const key = await this.#keeper.unwrap(context, wrapped)
    const same = key.equals(this.#fileKey)
    key.fill(0)
    if (!same) throw notAuthentic()
  }

  /** The keeper's own key gets a new version, which wraps the file key; versions before are destroyed where they can be. */
  async turnKeeper(): Promise<void> {
    const keeper = this.#keeper
    if (keeper.kind === 'software') return
    await keeper.rotate()
    const wrapped = await keeper.wrap(keeperContext(keeper.kind, this.#id), this.#fileKey)
    this.#change((root) => rewrappedBy(root, keeper.kind, wrapped))
    await keeper.destroyBefore(wrapped.version)
  }

  /**
   * Moves to another keeper: under a new file key, so that the keeper before opens only copies of what
   * was, and with a new root version, which the caller wraps the keyring under. Shares are void.
   */
  async moveTo(keeper: Keeper, now: Date): Promise<number> {
    const fileKey = randomBytes(32)
    const wrapped = await keeper.wrap(keeperContext(keeper.kind, this.#id), fileKey)
    const before = this.#fileKey
    const root = change(this.#file, ({ recovery: _recovery, ...file }) => {
      const roots = rootsIn(file, before)
      const next = [...roots, newRoot(roots.at(-1)!.version + 1, now)]
      return rewrappedBy(
        { ...file, roots: sealRoots(fileKey, file.id, next) },
        keeper.kind,
        wrapped,
      )
    })
    this.#fileKey = fileKey
    this.#keeper = keeper
    this.#load(root)
    before.fill(0)
    return this.#versions.at(-1)!.version
  }

  async close(): Promise<void> {
    await this.#keeper.close()
  }

  versions(): readonly RootVersion[] {
    this.#look()
    return this.#versions
  }

  wrap(context: readonly string[], plaintext: Uint8Array) {
    this.#look()
    const { version } = this.#versions.at(-1)!
    const associated = contextBytes('root', [this.#id, String(version), ...context])
    return { version, wrapped: sealBox(this.#locks.get(version)!, associated, plaintext) }
  }

  unwrap(version: number, context: readonly string[], wrapped: Uint8Array): Buffer {
    if (!this.#locks.has(version)) this.#look()
    const lock = this.#locks.get(version)
    const newest = this.#versions.at(-1)!.version
    if (lock === undefined) {
      throw version < newest ? keyDestroyed(version) : unknownKeyVersion(version)
    }
    const associated = contextBytes('root', [this.#id, String(version), ...context])
    return opened(() => openBox(lock, associated, wrapped), notAuthentic)
  }

  rotate(now: Date): number {
    this.#changeRoots((roots) => [...roots, newRoot(roots.at(-1)!.version + 1, now)])
    return this.#versions.at(-1)!.version
  }

  destroyOld(): void {
    this.#changeRoots((roots) => roots.slice(-1))
  }

  copies(): CopyState[] {
    return this.#file.copies()
  }

  replicate(): void {
    this.#file.replicate()
  }

  #changeRoots(edit: (roots: readonly RootKey[]) => readonly RootKey[]): void {
    this.#change((root) => {
      const roots = rootsIn(root, this.#fileKey)
      return { ...root, roots: sealRoots(this.#fileKey, root.id, edit(roots)) }
    })
  }

  #change(edit: (root: RootFile) => RootFile): void {
    this.#load(change(this.#file, edit))
  }

  /** Another process may have rotated the root. */
  #look(): void {
    if (this.#file.generation() !== this.#generation) this.#load(parse(this.#file))
  }

  #load(root: RootFile): void {
    const roots = rootsIn(root, this.#fileKey)
    this.#generation = root.generation
    this.#id = root.id
    this.#recoverable = root.recovery !== undefined
    this.#versions = roots.map(({ version, createdAt }) => ({
      version,
      createdAt: new Date(createdAt),
    }))
    this.#locks.clear()
    for (const { version, key } of roots) {
      this.#locks.set(version, Xaes.taking(Buffer.from(key, 'base64')))
    }
  }
}

async function begin(file: ReplicatedFile, keeper: Keeper, { now, newId }: Birth): Promise<void> {
  const fileKey = randomBytes(32)
  const id = newId()
  const wrapped = await keeper.wrap(keeperContext(keeper.kind, id), fileKey)
  const roots = sealRoots(fileKey, id, [newRoot(1, now)])
  fileKey.fill(0)
  const root = rewrappedBy({ format: rootFormat, id, generation: 1, roots }, keeper.kind, wrapped)
  // When another process was first, its root is the one.
  file.write(0, JSON.stringify(root, null, 1))
}

function change(file: ReplicatedFile, edit: (root: RootFile) => RootFile): RootFile {
  for (let tries = 0; tries < 1000; tries += 1) {
    const root = parse(file)
    const edited = { ...edit(root), generation: root.generation + 1 }
    if (file.write(root.generation, JSON.stringify(edited, null, 1))) return edited
  }
  throw new Error('the root file changes faster than it can be written')
}

function parse(file: ReplicatedFile): RootFile {
  const stored = file.read()
  if (stored === undefined) throw new Error('the root file is gone')
  const root = JSON.parse(stored.text) as RootFile
  if (root.format !== rootFormat) throw new Error('not a root file of this format')
  return { ...root, generation: stored.generation }
}

const newRoot = (version: number, now: Date): RootKey => ({
  version,
  createdAt: now.toISOString(),
  key: randomBytes(32).toString('base64'),
})

function sealRoots(fileKey: Buffer, id: string, roots: readonly RootKey[]): string {
  const text = Buffer.from(JSON.stringify(roots))
  const sealed = sealSlot(Xaes.taking(Buffer.from(fileKey)), id, 'roots', text)
  text.fill(0)
  return sealed
}

function rootsIn(root: RootFile, fileKey: Buffer): readonly RootKey[] {
  const key = Xaes.taking(Buffer.from(fileKey))
  const text = opened(() => openSlot(key, root.id, 'roots', root.roots), notAuthentic)
  const roots = JSON.parse(text.toString()) as RootKey[]
  text.fill(0)
  return roots
}

function opened(open: () => Buffer, refusal: () => Error): Buffer {
  try {
    return open()
  } catch (error) {
    throw error instanceof NotAuthentic ? refusal() : error
  }
}
