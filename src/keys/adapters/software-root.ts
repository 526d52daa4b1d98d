import { existsSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { openBox, sealBox } from '../box.ts'
import { contextBytes } from '../context.ts'
import type { CopyState, Custody, RootProvider, RootVersion } from '../provider.ts'
import { randomBytes } from '../randomness.ts'
import { combineShares, splitKey } from '../recovery.ts'
import {
  keyDestroyed,
  notAuthentic,
  passphraseMissing,
  passphraseWeak,
  passphraseWrong,
  sharesWrong,
  unknownKeyVersion,
} from '../refusals.ts'
import {
  openSlot,
  passphraseKey,
  passphraseSlot,
  type RootFile,
  rootFormat,
  type RootKey,
  sealSlot,
} from '../root-file.ts'
import { NotAuthentic, Xaes } from '../xaes.ts'
import { ReplicatedFile, writeDurably } from './replicated-file.ts'

const leastPassphrase = 16

export interface SoftwareRootOptions {
  /** The directory of the root file, usually `<dataDir>/keys`. */
  readonly dir: string
  /** Further directories that keep a copy of the root file. Never of the passphrase. */
  readonly places: readonly string[]
  /** Where the passphrase is; undefined means `<dir>/passphrase`, made at the first start. */
  readonly passphraseFile: string | undefined
  readonly now: Date
  readonly newId: () => string
}

/**
 * The root key in a sealed file, opened by a passphrase.
 *
 * @throws {Refusal} `keys.passphrase-missing`, `keys.passphrase-wrong`, `keys.passphrase-weak`.
 */
export function openSoftwareRoot(options: SoftwareRootOptions): RootProvider {
  const { dir, places, now, newId } = options
  const passphraseFile = options.passphraseFile ?? join(dir, 'passphrase')
  const file = new ReplicatedFile(dir, 'root', 'sealed', places)
  if (file.read() === undefined) {
    if (options.passphraseFile === undefined && !existsSync(passphraseFile)) {
      writeDurably(passphraseFile, `${randomBytes(32).toString('base64url')}\n`)
    }
    begin(file, readPassphrase(passphraseFile), now, newId())
  }
  return new SoftwareRoot(file, dir, passphraseFile)
}

/**
 * Sets a new passphrase with three of the five recovery shares: what to do when the passphrase is
 * lost. The passphrase goes where the next start looks for it.
 *
 * @throws {Refusal} `keys.shares-wrong`, `keys.shares-too-few`, `keys.passphrase-weak`.
 */
export async function recoverRoot(
  { dir, places, passphraseFile }: Omit<SoftwareRootOptions, 'now' | 'newId'>,
  shares: readonly string[],
  newPassphrase: string,
): Promise<void> {
  demandStrong(newPassphrase)
  const { set, key } = await combineShares(shares)
  const file = new ReplicatedFile(dir, 'root', 'sealed', places)
  change(file, (root) => {
    if (root.recovery?.set !== set) throw sharesWrong()
    const fileKey = opened(
      () => openSlot(Xaes.taking(Buffer.from(key)), root.id, 'recovery', root.recovery!.sealed),
      sharesWrong,
    )
    const passphrase = passphraseSlot(fileKey, root.id, newPassphrase)
    fileKey.fill(0)
    return { ...root, passphrase }
  })
  key.fill(0)
  writeDurably(passphraseFile ?? join(dir, 'passphrase'), `${newPassphrase}\n`)
}

class SoftwareRoot implements RootProvider {
  readonly #file: ReplicatedFile
  readonly #dir: string
  readonly #passphraseFile: string
  #generation = 0
  #fileKey = Buffer.alloc(0)
  #id = ''
  #versions: readonly RootVersion[] = []
  readonly #locks = new Map<number, Xaes>()

  constructor(file: ReplicatedFile, dir: string, passphraseFile: string) {
    this.#file = file
    this.#dir = dir
    this.#passphraseFile = passphraseFile
    this.#load(parse(file))
    file.replicate()
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
    const inside = relative(resolve(this.#dir, '..'), resolve(this.#passphraseFile))
    const beside = !inside.startsWith('..')
    return {
      kind: 'software',
      apartFromData: !beside,
      sentence: beside
        ? 'The root key is kept in software, in a sealed file outside the database. The passphrase that opens it lies beside it in the data directory: whoever copies the whole directory holds both.'
        : 'The root key is kept in software, in a sealed file outside the database. The passphrase that opens it lies apart from the data directory.',
    }
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
    // The file key stays the same for the life of the file; only a changed passphrase needs it opened anew.
    if (this.#fileKey.length === 0) {
      const key = passphraseKey(readPassphrase(this.#passphraseFile), root.passphrase.kdf)
      this.#fileKey = Buffer.from(
        opened(() => openSlot(key, root.id, 'passphrase', root.passphrase.sealed), passphraseWrong),
      )
    }
    const roots = rootsIn(root, this.#fileKey)
    this.#generation = root.generation
    this.#id = root.id
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

function begin(file: ReplicatedFile, passphrase: string, now: Date, id: string): void {
  const fileKey = randomBytes(32)
  const root: RootFile = {
    format: rootFormat,
    id,
    generation: 1,
    passphrase: passphraseSlot(fileKey, id, passphrase),
    roots: sealRoots(fileKey, id, [newRoot(1, now)]),
  }
  fileKey.fill(0)
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

function readPassphrase(path: string): string {
  if (!existsSync(path)) throw passphraseMissing(path)
  const passphrase = readFileSync(path, 'utf8').replace(/\r?\n$/, '')
  demandStrong(passphrase)
  return passphrase
}

function demandStrong(passphrase: string): void {
  if (passphrase.length < leastPassphrase) throw passphraseWeak()
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
