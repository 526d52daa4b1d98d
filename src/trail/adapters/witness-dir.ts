/**
 * A witness's directory: its keys, and the newest checkpoint it has cosigned of each log.
 *
 * `witness.json`, mode 0600, never changed: `{"name": …, "ed25519": {public, private}, "mlDsa44": …}`, base64.
 * `logs.json`, replaced whole (written, synced, renamed, directory synced):
 * `{"<origin>": {"key": <verifier key>, "size": n, "root": <base64>}}`; size 0 before the first.
 *
 * @module
 */
import { constants } from 'node:fs'
import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { type Checkpoint } from '../tree/checkpoint.ts'
import {
  ed25519,
  ed25519Cosignature,
  formatVerifierKey,
  isKeyName,
  mlDsa44Cosignature,
  type NoteSigner,
  parseVerifierKey,
} from '../tree/note.ts'
import {
  ed25519Cosigner,
  type KeyPair,
  mlDsa44Signer,
  newKeyPair,
  noteVerifier,
} from '../tree/signer.ts'
import { judgeCheckpoint, type WitnessAnswer } from '../anchors/witness.ts'

interface LogState {
  readonly key: string
  readonly size: number
  readonly root: string
}

interface KeptPair {
  readonly public: string
  readonly private: string
}

interface Identity {
  readonly name: string
  readonly ed25519: KeptPair
  readonly mlDsa44: KeptPair
}

/** What a person can mend, in one sentence. */
export class WitnessError extends Error {
  override readonly name = 'WitnessError'
}

const keysFile = (dir: string) => join(dir, 'witness.json')
const logsFile = (dir: string) => join(dir, 'logs.json')

/** Makes a witness: its directory and keys. @throws {WitnessError} when there is one, or for a name that is none. */
export async function makeWitness(dir: string, name: string): Promise<void> {
  if (!isKeyName(name) || Buffer.byteLength(name) > 255)
    throw new WitnessError('A witness’s name has no spaces and no plus, and 1 to 255 bytes.')
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const identity: Identity = {
    name,
    ed25519: toKept(newKeyPair('ed25519')),
    mlDsa44: toKept(newKeyPair('ml-dsa-44')),
  }
  try {
    await writeDurably(keysFile(dir), JSON.stringify(identity), constants.O_EXCL)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
    throw new WitnessError(`${dir} holds a witness already.`)
  }
  await syncDirectory(dir)
}

/** A witness at work. One process at a time may open a directory. */
export class Witness {
  readonly #dir: string
  readonly #identity: Identity
  #logs: Readonly<Record<string, LogState>>
  #last: Promise<unknown> = Promise.resolve()

  private constructor(dir: string, identity: Identity, logs: Readonly<Record<string, LogState>>) {
    this.#dir = dir
    this.#identity = identity
    this.#logs = logs
  }

  /** @throws {WitnessError} when there is none, or its files cannot be read. */
  static async open(dir: string): Promise<Witness> {
    const identity = await readJson<Identity>(keysFile(dir))
    if (identity === undefined)
      throw new WitnessError(`${dir} holds no witness: make one with holdfast witness init.`)
    return new Witness(dir, identity, (await readJson(logsFile(dir))) ?? {})
  }

  get name(): string {
    return this.#identity.name
  }

  /** The verifier keys under which a log lists this witness; either will do. */
  get verifierKeys(): { readonly mlDsa44: string; readonly ed25519: string } {
    const { name, ed25519: pair, mlDsa44 } = this.#identity
    const publicOf = ({ public: key }: KeptPair) => Buffer.from(key, 'base64')
    return {
      mlDsa44: formatVerifierKey(name, mlDsa44Cosignature, publicOf(mlDsa44)),
      ed25519: formatVerifierKey(name, ed25519Cosignature, publicOf(pair)),
    }
  }

  get logs(): readonly { readonly origin: string; readonly size: number }[] {
    return Object.entries(this.#logs).map(([origin, { size }]) => ({ origin, size }))
  }

  /** Takes on a log. @throws {WitnessError} for what is not the Ed25519 key of a log, or another key of a known one. */
  async addLog(key: string): Promise<string> {
    const origin = originOf(key)
    return this.#alone(async () => {
      const known = this.#logs[origin]
      if (known !== undefined && known.key !== key)
        throw new WitnessError(`${origin} is known under another key.`)
      if (known === undefined)
        await this.#save({ ...this.#logs, [origin]: { key, size: 0, root: '' } })
      return origin
    })
  }

  /** Answers one add-checkpoint. What it cosigns is on the disk before it resolves. */
  async answer(body: string, at: Date): Promise<WitnessAnswer> {
    return this.#alone(async () => {
      const known = Object.entries(this.#logs)
      const verifiers = new Map(known.map(([origin, { key }]) => [origin, noteVerifier(key)]))
      const answer = judgeCheckpoint(
        body,
        verifiers,
        (origin) => seenIn(this.#logs[origin]!),
        this.#cosigners(at),
      )
      if (answer.next !== undefined) await this.#keep(answer.next)
      return answer
    })
  }

  async #keep({ origin, size, root }: Checkpoint): Promise<void> {
    const log = this.#logs[origin]!
    if (log.size === size && log.root === root.toString('base64')) return
    await this.#save({ ...this.#logs, [origin]: { ...log, size, root: root.toString('base64') } })
  }

  #cosigners(at: Date): NoteSigner[] {
    const { name, ed25519: pair, mlDsa44 } = this.#identity
    return [mlDsa44Signer(name, fromKept(mlDsa44), at), ed25519Cosigner(name, fromKept(pair), at)]
  }

  async #save(logs: Readonly<Record<string, LogState>>): Promise<void> {
    const draft = `${logsFile(this.#dir)}.new`
    await writeDurably(draft, JSON.stringify(logs, undefined, 2), constants.O_TRUNC)
    await rename(draft, logsFile(this.#dir))
    await syncDirectory(this.#dir)
    this.#logs = logs
  }

  /** One after the other: between look and store nobody else may cosign. */
  #alone<T>(deed: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(deed)
    this.#last = turn.catch(() => {})
    return turn
  }
}

const seenIn = ({ size, root }: LogState) =>
  size === 0 ? undefined : { size, root: Buffer.from(root, 'base64') }

function originOf(key: string): string {
  try {
    const { name, type } = parseVerifierKey(key)
    noteVerifier(key)
    if (type === ed25519) return name
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
  }
  throw new WitnessError('A log is added by the Ed25519 verifier key of its checkpoints.')
}

const toKept = ({ publicKey, privateKey }: KeyPair): KeptPair => ({
  public: publicKey.toString('base64'),
  private: privateKey.toString('base64'),
})

const fromKept = (kept: KeptPair): KeyPair => ({
  publicKey: Buffer.from(kept.public, 'base64'),
  privateKey: Buffer.from(kept.private, 'base64'),
})

async function readJson<T>(file: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as T
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw new WitnessError(`${file} cannot be read: ${(error as Error).message}`)
  }
}

async function writeDurably(file: string, text: string, how: number): Promise<void> {
  const handle = await open(file, constants.O_WRONLY | constants.O_CREAT | how, 0o600)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function syncDirectory(dir: string): Promise<void> {
  const handle = await open(dir, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code
