import type * as Kms from '@aws-sdk/client-kms'
import { contextBytes } from '../context.ts'
import type { Keeper, Wrapped } from '../keeper.ts'
import {
  keeperDenied,
  keeperKeyUnusable,
  keeperUnfit,
  keeperUnreachable,
  notAuthentic,
} from '../refusals.ts'
import { type KmsPlace, readSecretLine } from './keeper-file.ts'
import { patiently, reasonOf } from './keeper-retry.ts'

const timeoutMs = 5_000
/** KMS refuses more. */
const mostBytes = 4_096

/**
 * AWS KMS, through the official SDK, which is loaded only here. What a key is bound to goes along as
 * encryption context; CloudTrail shows it in clear, so it holds ids only.
 *
 * KMS keeps older material of a rotated key for ever and finds the right one by itself: a single
 * version cannot be destroyed. That is why the root's own versions lie in the root file.
 */
export async function openKmsKeeper(place: KmsPlace): Promise<Keeper> {
  const sdk = await import('@aws-sdk/client-kms').catch(() => {
    throw keeperUnfit('the package @aws-sdk/client-kms is not installed')
  })
  const keeper = new KmsKeeper(sdk, place)
  await keeper.demandFit()
  return keeper
}

class KmsKeeper implements Keeper {
  readonly kind = 'aws-kms'
  readonly powers = { nonExtractable: true, versionDestroy: false, associatedData: true }
  readonly apartFromData = true
  readonly sentence: string
  readonly #sdk: typeof Kms
  readonly #client: Kms.KMSClient
  readonly #keyArn: string

  constructor(sdk: typeof Kms, place: KmsPlace) {
    this.#sdk = sdk
    this.#keyArn = place.keyArn
    this.sentence = `The root key is wrapped by AWS KMS under ${place.keyArn}; that key never leaves it.`
    this.#client = new sdk.KMSClient({
      region: place.region,
      maxAttempts: 1,
      ...(place.endpoint === undefined ? {} : { endpoint: place.endpoint }),
      ...(place.accessKeyId === undefined || place.secretKeyFile === undefined
        ? {}
        : {
            credentials: {
              accessKeyId: place.accessKeyId,
              secretAccessKey: readSecretLine(place.secretKeyFile),
            },
          }),
    })
  }

  async demandFit(): Promise<void> {
    const { KeyMetadata: key } = await this.#ask((signal) =>
      this.#client.send(new this.#sdk.DescribeKeyCommand({ KeyId: this.#keyArn }), signal),
    )
    if (key?.KeySpec !== 'SYMMETRIC_DEFAULT' || key.KeyUsage !== 'ENCRYPT_DECRYPT')
      throw keeperUnfit('its key is not a symmetric one for encryption')
    if (key.KeyState !== 'Enabled') throw keeperKeyUnusable(`it is ${key.KeyState}`)
  }

  async wrap(context: readonly string[], key: Uint8Array): Promise<Wrapped> {
    if (key.length > mostBytes) throw new TypeError('a keeper wraps keys, not data')
    const { CiphertextBlob: blob } = await this.#ask((signal) =>
      this.#client.send(
        new this.#sdk.EncryptCommand({
          KeyId: this.#keyArn,
          Plaintext: key,
          EncryptionContext: bound(context),
        }),
        signal,
      ),
    )
    return { version: 'kms', wrapped: Buffer.from(blob!) }
  }

  async unwrap(context: readonly string[], { wrapped }: Wrapped): Promise<Buffer> {
    const { Plaintext: key } = await this.#ask((signal) =>
      this.#client.send(
        new this.#sdk.DecryptCommand({
          // Named, so that a blob of somebody else's key does not open.
          KeyId: this.#keyArn,
          CiphertextBlob: wrapped,
          EncryptionContext: bound(context),
        }),
        signal,
      ),
    )
    return Buffer.from(key!)
  }

  async rotate(): Promise<void> {
    await this.#ask((signal) =>
      this.#client.send(new this.#sdk.RotateKeyOnDemandCommand({ KeyId: this.#keyArn }), signal),
    )
  }

  async destroyBefore(): Promise<number> {
    return 0
  }

  async close(): Promise<void> {
    this.#client.destroy()
  }

  #ask<O>(send: (options: { readonly abortSignal: AbortSignal }) => Promise<O>): Promise<O> {
    return patiently(timeoutMs, async (abortSignal) => {
      try {
        return await send({ abortSignal })
      } catch (error) {
        throw refusalOf(error)
      }
    })
  }
}

/** What a key is bound to, as one name and value. */
const bound = (context: readonly string[]): Record<string, string> => ({
  holdfast: contextBytes('keeper', context).toString('base64url'),
})

function refusalOf(error: unknown): Error {
  const { name, $metadata } = error as {
    name?: string
    $metadata?: { httpStatusCode?: number }
  }
  switch (name) {
    case 'InvalidCiphertextException':
    case 'IncorrectKeyException':
      return notAuthentic()
    case 'NotFoundException':
      return keeperKeyUnusable('there is no such key')
    case 'DisabledException':
      return keeperKeyUnusable('it is disabled')
    case 'KMSInvalidStateException':
      return keeperKeyUnusable('it is not in a state to be used')
    case 'InvalidKeyUsageException':
      return keeperUnfit('its key is not one for encryption')
    case 'AccessDeniedException':
    case 'InvalidSignatureException':
    case 'UnrecognizedClientException':
    case 'ExpiredTokenException':
    case 'CredentialsProviderError':
    case 'IncompleteSignature':
      return keeperDenied()
    default:
      return keeperUnreachable(name ?? `it answers ${$metadata?.httpStatusCode ?? reasonOf(error)}`)
  }
}
