import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { isoCBOR } from '@simplewebauthn/server/helpers'

/** A passkey in software: ES256, one credential, no attestation. It does what a browser and a phone do together. */
export class Authenticator {
  readonly id = randomBytes(32)
  readonly #origin: string
  readonly #keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  /** The signature counter; a copy of the passkey would fall behind. */
  counter = 0
  /** Whether the owner showed fingerprint or PIN. */
  verifies = true

  constructor(origin: string) {
    this.#origin = origin
  }

  /** What `navigator.credentials.create` answers. */
  register(challenge: string) {
    const { x, y } = this.#keys.publicKey.export({ format: 'jwk' })
    const key = new Map<number, number | Uint8Array>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, Uint8Array.from(Buffer.from(x!, 'base64url'))],
      [-3, Uint8Array.from(Buffer.from(y!, 'base64url'))],
    ])
    const length = Buffer.alloc(2)
    length.writeUInt16BE(this.id.length)
    const attested = [Buffer.alloc(16), length, this.id, Buffer.from(isoCBOR.encode(key))]
    const authData = Buffer.concat([this.#head(0x40), ...attested])
    const attestation = new Map<string, unknown>([
      ['fmt', 'none'],
      ['attStmt', new Map()],
      ['authData', Uint8Array.from(authData)],
    ])
    const object = Buffer.from(isoCBOR.encode(attestation as never)).toString('base64url')
    const clientDataJSON = this.#clientData('webauthn.create', challenge).toString('base64url')
    return this.#answer({ clientDataJSON, attestationObject: object, transports: ['internal'] })
  }

  /** What `navigator.credentials.get` answers. */
  assert(challenge: string) {
    this.counter += 1
    const authData = this.#head(0)
    const clientData = this.#clientData('webauthn.get', challenge)
    const signed = Buffer.concat([authData, createHash('sha256').update(clientData).digest()])
    return this.#answer({
      clientDataJSON: clientData.toString('base64url'),
      authenticatorData: authData.toString('base64url'),
      signature: sign('sha256', signed, this.#keys.privateKey).toString('base64url'),
    })
  }

  #answer(response: object) {
    const id = this.id.toString('base64url')
    return { id, rawId: id, type: 'public-key' as const, response, clientExtensionResults: {} }
  }

  #head(flags: number): Buffer {
    const counter = Buffer.alloc(4)
    counter.writeUInt32BE(this.counter)
    const host = createHash('sha256').update(new URL(this.#origin).hostname).digest()
    return Buffer.concat([host, Buffer.from([0x01 | (this.verifies ? 0x04 : 0) | flags]), counter])
  }

  #clientData(type: string, challenge: string): Buffer {
    return Buffer.from(
      JSON.stringify({ type, challenge, origin: this.#origin, crossOrigin: false }),
    )
  }
}
