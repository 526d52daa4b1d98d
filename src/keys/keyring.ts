/**
 * The keyring: keys of every ring, wrapped by the root key, in a file outside the database.
 *
 * What {@link Keyring.seal} makes, byte by byte:
 *
 *     0x01          format
 *     version       u32 big-endian, of the ring's `seal` key
 *     nonce         24 bytes, as {@link Xaes.sealFresh} draws and counts them
 *     ciphertext    as long as the plaintext
 *     tag           16 bytes
 *
 * Associated data: {@link contextBytes} of `sealed`, ring, version, then the caller's context.
 */
import { createHash, hkdfSync } from 'node:crypto'
import { Kept, randomBytes } from '#ground'
import type { Secrets } from '#kernel'
import { AccountTally } from '#trail'
import { openBox, sealBox } from './box.ts'
import { contextBytes, passingContext } from './context.ts'
import { Hmac } from './hmac.ts'
import type { CopyState, Custody, RootProvider, RootVersion } from './provider.ts'
import {
  keyDestroyed,
  keyringAltered,
  keysSealed,
  noRecovery,
  notAuthentic,
  ringDestroyed,
  unknownKeyVersion,
  unknownRing,
} from './refusals.ts'
import {
  currentKey,
  demandRingName,
  families,
  type Family,
  houseRing,
  type KeyringBody,
  keyringFormat,
  type StoredKey,
  type StoredRing,
  withNewKey,
  withoutKey,
} from './ring.ts'
import { NotAuthentic, nonceSize, tagSize, Xaes } from './xaes.ts'

const sealFormat = 0x01
const headerSize = 5
const keySize = 32
/** How long another process's change may go unseen. */
const lookEveryMs = 2_000
const warmSubjectKeys = 20_000
const warmForMs = 300_000
const warmMacKeys = 10_000
const warmPseudonyms = 20_000

/** Where the keyring's text is kept: newest generation wins, a write is refused when another was first. */
export interface KeyringFile {
  generation(): number
  read(): { readonly generation: number; readonly text: string } | undefined
  write(previous: number, text: string): boolean
  copies(): CopyState[]
  replicate(): void
}

interface KeyringParts {
  readonly file: KeyringFile
  readonly now: () => Date
  /** The id of a keyring that is born now. */
  readonly newId: () => string
}

/** What may be said of a key. */
export interface KeyFacts extends Pick<StoredKey, 'family' | 'version' | 'rootVersion'> {
  readonly createdAt: Date
  readonly retiredAt: Date | undefined
}

export interface RingFacts {
  readonly ring: string
  readonly createdAt: Date
  readonly destroyedAt: Date | undefined
  readonly keys: readonly KeyFacts[]
}

export class Keyring implements Secrets {
  /** Subject keys that are unwrapped already, by key id. */
  readonly warm: Kept<Xaes>
  /** Each receipt under which a subject's key has opened anything: held against the trail. */
  readonly uses = new AccountTally()
  readonly #file: KeyringFile
  readonly #now: () => Date
  readonly #newId: () => string
  #opened: { readonly root: RootProvider; body: KeyringBody } | undefined
  /** Why it is sealed, in a sentence, while it is. */
  #why = 'its keeper has not been asked yet.'
  #lookedAt = 0
  readonly #locks = new Map<string, Xaes>()
  readonly #macs = new Map<string, Hmac>()
  /** Of these the one that was used last for each use: the rows of an act have one ring and one version. */
  readonly #lastMacs = new Map<
    string,
    { readonly ring: string; readonly family: Family; readonly version: number; readonly key: Hmac }
  >()
  /** In hex: nobody can change what the next one is given. */
  readonly #pseudonyms = new Kept<string>(warmPseudonyms, warmForMs)

  /** A sealed keyring: until {@link open} every use of it is refused with `keys.sealed`. */
  constructor({ file, now, newId }: KeyringParts) {
    this.#file = file
    this.#now = now
    this.#newId = newId
    this.warm = new Kept(warmSubjectKeys, warmForMs)
  }

  /** Opens the keyring, or makes one where there is none. @throws {Refusal} `keys.keyring-altered`. */
  open(root: RootProvider): void {
    const empty = { format: keyringFormat, id: this.#newId(), generation: 0, rings: {} } as const
    this.#opened = { root, body: empty }
    try {
      this.#opened.body = this.#read() ?? empty
      if (this.#opened.body.generation === 0) this.createRing(houseRing)
      this.#file.replicate()
    } catch (error) {
      this.#opened = undefined
      throw error
    }
  }

  /** Seals it again, and says why. */
  close(why: string): void {
    this.#opened = undefined
    this.#why = why
    this.#locks.clear()
    this.#forgetMacs()
    this.warm.clear()
  }

  /** Why it is sealed; undefined while it is open. */
  get sealedWhy(): string | undefined {
    return this.#opened === undefined ? this.#why : undefined
  }

  get #root(): RootProvider {
    return this.#demandOpen().root
  }

  get #body(): KeyringBody {
    return this.#demandOpen().body
  }

  #demandOpen() {
    if (this.#opened === undefined) throw keysSealed(this.#why)
    return this.#opened
  }

  /** Which keyring this is: the data remembers it, and does not open under another. */
  get id(): string {
    return this.#body.id
  }

  seal(ring: string, context: readonly string[], plaintext: Uint8Array): Buffer {
    const current = this.#current(ring, 'seal')
    const { version } = current
    const lock = this.#lockOf(ring, current)
    const associated = contextBytes('sealed', [ring, String(version), ...context])
    const sealed = Buffer.allocUnsafe(headerSize + nonceSize + plaintext.length + tagSize)
    sealed.writeUInt32BE(version, sealed.writeUInt8(sealFormat))
    lock.sealFresh(sealed, plaintext, associated)
    return sealed
  }

  /** @throws {Refusal} `keys.not-authentic`, `keys.unknown-ring`, `keys.ring-destroyed`, `keys.key-destroyed`. */
  unseal(ring: string, context: readonly string[], sealed: Uint8Array): Buffer {
    if (sealed.length < headerSize + nonceSize || sealed[0] !== sealFormat) throw notAuthentic()
    const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength)
    const version = bytes.readUInt32BE(1)
    const lock = this.#lock(ring, 'seal', version)
    const associated = contextBytes('sealed', [ring, String(version), ...context])
    const nonce = bytes.subarray(headerSize, headerSize + nonceSize)
    return authentic(() => lock.open(nonce, bytes.subarray(headerSize + nonceSize), associated))
  }

  mac(ring: string, use: string, value: string): Buffer {
    return Buffer.from(this.macs(ring)(use, value), 'hex')
  }

  /** The same actors and addresses come again and again: what was reckoned of them is kept warm. */
  macs(ring: string): (use: string, value: string) => string {
    const { version } = this.#current(ring, 'mac')
    const now = this.#now()
    const key = `${version} ${ring}`
    return (use, value) => {
      const name = `${key} ${use} ${value}`
      const kept = this.#pseudonyms.get(name, now)
      if (kept !== undefined) return kept
      const mac = this.#hmac(ring, 'mac', version, use, value).toString('hex')
      this.#pseudonyms.set(name, mac, now)
      return mac
    }
  }

  /** As {@link mac}, under a version of the ring's index key: blind indexes can be rotated, pseudonyms cannot. */
  index(ring: string, version: number, field: string, value: string): Buffer {
    return this.#hmac(ring, 'index', version, field, value)
  }

  /** Living versions of the ring's index key, oldest first. @throws {Refusal} `keys.unknown-ring`, `keys.ring-destroyed`. */
  indexKeys(ring: string): { readonly version: number; readonly createdAt: Date }[] {
    this.#current(ring, 'index')
    return living(this.#body.rings, ring)
      .keys.filter(({ family }) => family === 'index')
      .map(({ version, createdAt }) => ({ version, createdAt: new Date(createdAt) }))
  }

  createRing(ring: string): void {
    demandRingName(ring)
    this.#change((rings) => {
      if (rings[ring] !== undefined) {
        if (rings[ring].destroyedAt !== undefined) throw ringDestroyed()
        return undefined
      }
      const createdAt = this.#now().toISOString()
      const keys = families.map((family) => this.#newKey(ring, family, 1, createdAt))
      return { ...rings, [ring]: { createdAt, keys } }
    })
  }

  destroyRing(ring: string): void {
    if (ring === houseRing) throw new TypeError("the house's ring stays")
    this.#change((rings) => {
      const { createdAt, destroyedAt } = rings[ring] ?? failWith(unknownRing())
      if (destroyedAt !== undefined) return undefined
      return { ...rings, [ring]: { createdAt, destroyedAt: this.#now().toISOString(), keys: [] } }
    })
    this.warm.clear()
  }

  /** Wraps a key under the ring's current `wrap` key. */
  wrap(ring: string, place: readonly string[], key: Uint8Array) {
    const current = this.#current(ring, 'wrap')
    const { version } = current
    const lock = this.#lockOf(ring, current)
    const associated = passingContext('wrapped', [ring, String(version), ...place])
    return { version, wrapped: sealBox(lock, associated, key) }
  }

  /** @throws {Refusal} `keys.key-destroyed` and as {@link unseal}. */
  unwrap(ring: string, version: number, place: readonly string[], wrapped: Uint8Array): Buffer {
    const lock = this.#lock(ring, 'wrap', version)
    const associated = passingContext('wrapped', [ring, String(version), ...place])
    return authentic(() => openBox(lock, associated, wrapped))
  }

  /** @throws {Refusal} unless this version of the ring's `wrap` key is alive. */
  demandWrapKey(ring: string, version: number): void {
    this.#stored(ring, 'wrap', version)
  }

  /** As {@link demandWrapKey} for each, by what stands in the file now: another process may have destroyed one. */
  demandFreshWrapKeys(ring: string, versions: readonly number[]): void {
    this.#reload()
    for (const version of new Set(versions)) this.demandWrapKey(ring, version)
  }

  /** A new version for each of these families, durable before it returns. */
  rotate(ring: string, which: readonly Family[]): RingFacts {
    this.#change((rings) => {
      let stored = living(rings, ring)
      const at = this.#now().toISOString()
      for (const family of which) {
        const version = (currentKey(stored, family)?.version ?? 0) + 1
        stored = withNewKey(stored, this.#newKey(ring, family, version, at))
      }
      return { ...rings, [ring]: stored }
    })
    return this.ring(ring)
  }

  /** Destroys a retired version, durable before it returns. The caller has proven that nothing needs it. */
  destroyVersion(ring: string, family: 'wrap' | 'index', version: number): void {
    this.#change((rings) => ({
      ...rings,
      [ring]: withoutKey(living(rings, ring), family, version),
    }))
    this.warm.clear()
  }

  /** @throws {Refusal} `keys.unknown-ring`. */
  ring(name: string): RingFacts {
    this.#look()
    return factsOf(name, this.#body.rings[name] ?? failWith(unknownRing()))
  }

  rings(): RingFacts[] {
    this.#look()
    return Object.entries(this.#body.rings).map(([name, ring]) => factsOf(name, ring))
  }

  /**
   * A new root key: every key of every ring is wrapped again under it, then the old root is
   * destroyed. Killed in between, both roots live, and the next call finishes.
   */
  async rotateRoot(): Promise<RootVersion> {
    await this.#root.turnKeeper()
    this.#root.rotate(this.#now())
    return this.wrapAnew()
  }

  /** Wraps every key of every ring anew under the newest root version, and destroys the older ones. */
  wrapAnew(): RootVersion {
    const { version } = this.#root.versions().at(-1)!
    this.#change((rings) =>
      Object.fromEntries(
        Object.entries(rings).map(([name, ring]) => [
          name,
          { ...ring, keys: ring.keys.map((key) => this.#rewrapped(name, key, version)) },
        ]),
      ),
    )
    this.#root.destroyOld()
    return this.rootVersions().at(-1)!
  }

  rootVersions(): readonly RootVersion[] {
    return this.#root.versions()
  }

  custody(): Custody {
    return this.#root.custody()
  }

  /** Asks who keeps the root again, now. @throws {Refusal} what a keeper throws. */
  async probeKeeper(): Promise<void> {
    await this.#root.probe()
  }

  /** Five shares, any three of which open the root key; the set before is void. @throws {Refusal} `keys.no-recovery`. */
  makeRecoveryShares(): Promise<string[]> {
    if (this.#root.recovery === undefined) throw noRecovery()
    return this.#root.recovery.makeShares()
  }

  /** Second places of the keyring and of the root key, and whether they hold the newest. */
  copies(): CopyState[] {
    return [...this.#file.copies(), ...this.#root.copies()]
  }

  replicate(): void {
    this.#root.replicate()
    this.#file.replicate()
  }

  #hmac(
    ring: string,
    family: 'mac' | 'index',
    version: number,
    use: string,
    value: string,
  ): Buffer {
    const last = this.#lastMacs.get(use)
    if (last?.version === version && last.family === family && last.ring === ring)
      return last.key.mac(value)
    const name = `${family} ${version} ${ring} ${use}`
    let key = this.#macs.get(name)
    if (key === undefined) {
      const raw = this.#unwrapStored(ring, this.#stored(ring, family, version))
      const derived = Buffer.from(
        hkdfSync('sha256', raw, Buffer.alloc(0), contextBytes(family, [ring, use]), keySize),
      )
      key = new Hmac(derived)
      raw.fill(0)
      derived.fill(0)
      if (this.#macs.size >= warmMacKeys) this.#forgetMacs()
      this.#macs.set(name, key)
    }
    this.#lastMacs.set(use, { ring, family, version, key })
    return key.mac(value)
  }

  #forgetMacs(): void {
    for (const mac of this.#macs.values()) mac.wipe()
    this.#macs.clear()
    this.#lastMacs.clear()
  }

  #lock(ring: string, family: 'wrap' | 'seal', version: number): Xaes {
    return this.#lockOf(ring, this.#stored(ring, family, version))
  }

  /** Of a key that was looked up now, and lives. */
  #lockOf(ring: string, stored: StoredKey): Xaes {
    const name = `${stored.family} ${stored.version} ${ring}`
    let lock = this.#locks.get(name)
    if (lock === undefined) {
      lock = Xaes.taking(this.#unwrapStored(ring, stored))
      this.#locks.set(name, lock)
    }
    return lock
  }

  #current(ring: string, family: Family): StoredKey {
    this.#look()
    if (this.#body.rings[ring] === undefined) this.#reload()
    const key = currentKey(living(this.#body.rings, ring), family)
    if (key === undefined) throw new Error(`ring ${ring} has no ${family} key`)
    return key
  }

  #stored(ring: string, family: Family, version: number): StoredKey {
    this.#look()
    const current = currentKey(this.#body.rings[ring] ?? noRing, family)
    if (current === undefined || current.version < version) this.#reload()
    const { keys } = living(this.#body.rings, ring)
    const key = keys.find((key) => key.family === family && key.version === version)
    if (key !== undefined) return key
    const newest = keys.findLast((key) => key.family === family)?.version ?? 0
    throw version < newest && version > 0 ? keyDestroyed(version) : unknownKeyVersion(version)
  }

  /** Sees what another process wrote, soon enough. */
  #look(): void {
    const now = this.#now().getTime()
    if (now - this.#lookedAt < lookEveryMs) return
    this.#lookedAt = now
    this.#reload()
  }

  #reload(): void {
    if (this.#file.generation() === this.#body.generation) return
    const body = this.#read()
    if (body === undefined || body.id !== this.#body.id) throw keyringAltered()
    this.#take(body)
  }

  #take(body: KeyringBody): void {
    this.#demandOpen().body = body
    this.#locks.clear()
    this.#forgetMacs()
    this.#pseudonyms.clear()
  }

  #change(edit: (rings: KeyringBody['rings']) => KeyringBody['rings'] | undefined): void {
    for (let tries = 0; tries < 1000; tries += 1) {
      this.#reload()
      const rings = edit(this.#body.rings)
      if (rings === undefined) return
      const previous = this.#body.generation
      const body = { ...this.#body, generation: previous + 1, rings }
      if (this.#file.write(previous, this.#textOf(body))) {
        this.#take(body)
        return
      }
    }
    throw new Error('the keyring changes faster than it can be written')
  }

  /** The whole file is authenticated: a ring taken from an old copy, or an age made younger, shows. */
  #textOf(body: KeyringBody): string {
    const { version, wrapped } = this.#root.wrap(digestOf(body), Buffer.alloc(0))
    return JSON.stringify(
      { ...body, proof: { rootVersion: version, tag: wrapped.toString('base64') } },
      null,
      1,
    )
  }

  #read(): KeyringBody | undefined {
    const stored = this.#file.read()
    if (stored === undefined) return undefined
    try {
      const { proof, ...body } = JSON.parse(stored.text) as KeyringBody & {
        proof: { rootVersion: number; tag: string }
      }
      this.#root.unwrap(proof.rootVersion, digestOf(body), Buffer.from(proof.tag, 'base64'))
      if (body.format === keyringFormat && body.generation === stored.generation) return body
    } catch (error) {
      throw Object.assign(keyringAltered(), { cause: error })
    }
    throw keyringAltered()
  }

  #newKey(ring: string, family: Family, version: number, createdAt: string): StoredKey {
    const raw = randomBytes(keySize)
    const { version: rootVersion, wrapped } = this.#root.wrap(placeOf(ring, family, version), raw)
    raw.fill(0)
    return { family, version, rootVersion, createdAt, wrapped: wrapped.toString('base64') }
  }

  #unwrapStored(ring: string, { family, version, rootVersion, wrapped }: StoredKey): Buffer {
    const place = placeOf(ring, family, version)
    return this.#root.unwrap(rootVersion, place, Buffer.from(wrapped, 'base64'))
  }

  #rewrapped(ring: string, key: StoredKey, rootVersion: number): StoredKey {
    if (key.rootVersion === rootVersion) return key
    const raw = this.#unwrapStored(ring, key)
    const { version, wrapped } = this.#root.wrap(placeOf(ring, key.family, key.version), raw)
    raw.fill(0)
    return { ...key, rootVersion: version, wrapped: wrapped.toString('base64') }
  }
}

/**
 * The keyring behind an act's secrets.
 *
 * @throws {TypeError} when the house was put together with something else; that is a fault in our code.
 */
export function keyringOf(secrets: Secrets): Keyring {
  if (!(secrets instanceof Keyring)) throw new TypeError('these secrets are not a keyring')
  return secrets
}

const noRing: StoredRing = { createdAt: '', keys: [] }

const placeOf = (ring: string, family: Family, version: number) => [
  'ring-key',
  ring,
  family,
  String(version),
]

const digestOf = (body: KeyringBody) => [
  'keyring',
  createHash('sha256').update(JSON.stringify(body)).digest('hex'),
]

function living(rings: KeyringBody['rings'], ring: string): StoredRing {
  const stored = rings[ring]
  if (stored === undefined) throw unknownRing()
  if (stored.destroyedAt !== undefined) throw ringDestroyed()
  return stored
}

function factsOf(ring: string, { createdAt, destroyedAt, keys }: StoredRing): RingFacts {
  return {
    ring,
    createdAt: new Date(createdAt),
    destroyedAt: destroyedAt === undefined ? undefined : new Date(destroyedAt),
    keys: keys.map(({ family, version, rootVersion, createdAt, retiredAt }) => ({
      family,
      version,
      rootVersion,
      createdAt: new Date(createdAt),
      retiredAt: retiredAt === undefined ? undefined : new Date(retiredAt),
    })),
  }
}

function authentic(open: () => Buffer): Buffer {
  try {
    return open()
  } catch (error) {
    throw error instanceof NotAuthentic ? notAuthentic() : error
  }
}

function failWith(error: Error): never {
  throw error
}
