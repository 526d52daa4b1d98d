import { readFileSync } from 'node:fs'
import { Agent, fetch } from 'undici'
import { Refusal } from '#kernel'
import { contextBytes } from '../context.ts'
import type { Keeper, Wrapped } from '../keeper.ts'
import {
  keeperDenied,
  keeperKeyUnusable,
  keeperUnfit,
  keeperUnreachable,
  notAuthentic,
} from '../refusals.ts'
import { readSecretLine, type TransitPlace } from './keeper-file.ts'
import { patiently } from './keeper-retry.ts'

const timeoutMs = 5_000

interface Reply {
  readonly status: number
  readonly data: Readonly<Record<string, unknown>>
  readonly errors: readonly string[]
}

/**
 * OpenBao's or Vault's transit engine: its key wraps under `associated_data`, which it checks itself.
 * Never `rewrap`: that call passes no associated data, so whatever is bound cannot be opened by it
 * (openbao and vault, `path_rewrap.go`). A new version is put to use by decrypting and encrypting.
 *
 * The token needs `read` on the key and `update` on encrypt, decrypt, rotate and config of it, and no
 * `create`: with that, encrypting under a misspelt name would make a key of that name.
 */
export async function openTransitKeeper(place: TransitPlace): Promise<Keeper> {
  const keeper = new TransitKeeper(place)
  await keeper.demandFit()
  return keeper
}

class TransitKeeper implements Keeper {
  readonly kind = 'transit'
  readonly powers = { nonExtractable: true, versionDestroy: true, associatedData: true }
  readonly apartFromData = true
  readonly sentence: string
  readonly #place: TransitPlace
  readonly #agent: Agent

  constructor(place: TransitPlace) {
    this.#place = place
    this.sentence = `The root key is wrapped by the transit key ${place.key} at ${place.url}; that key never leaves it.`
    const ca = place.caFile === undefined ? {} : { ca: readFileSync(place.caFile) }
    this.#agent = new Agent({ connect: { timeout: timeoutMs, ...ca } })
  }

  /** @throws {Refusal} `keys.keeper-unfit` unless the key is there and what it wraps is bound. */
  async demandFit(): Promise<void> {
    const { data } = await this.#call('GET', `keys/${this.#name}`)
    if (data['exportable'] === true || data['allow_plaintext_backup'] === true)
      throw keeperUnfit('its key can be read out of it')
    if (data['supports_encryption'] !== true) throw keeperUnfit('its key does not encrypt')
    const wrapped = await this.wrap(['probe'], Buffer.from('probe'))
    const elsewhere = await this.unwrap(['elsewhere'], wrapped).catch((error: unknown) => {
      if (error instanceof Refusal && error.code === 'keys.not-authentic') return undefined
      throw error
    })
    if (elsewhere !== undefined) throw keeperUnfit('it does not check what a key is bound to')
  }

  async wrap(context: readonly string[], key: Uint8Array): Promise<Wrapped> {
    const { data } = await this.#call('POST', `encrypt/${this.#name}`, {
      plaintext: Buffer.from(key).toString('base64'),
      associated_data: bound(context),
    })
    const wrapped = String(data['ciphertext'])
    const version = /^vault:v(\d+):/.exec(wrapped)?.[1]
    if (version === undefined) throw keeperUnfit('it answers in a form nobody knows')
    return { version, wrapped: Buffer.from(wrapped) }
  }

  async unwrap(context: readonly string[], { wrapped }: Wrapped): Promise<Buffer> {
    const { data } = await this.#call('POST', `decrypt/${this.#name}`, {
      ciphertext: Buffer.from(wrapped).toString(),
      associated_data: bound(context),
    })
    return Buffer.from(String(data['plaintext']), 'base64')
  }

  async rotate(): Promise<void> {
    await this.#call('POST', `keys/${this.#name}/rotate`, {})
  }

  /** Raises the least version that decrypts, then trims what lies below it. */
  async destroyBefore(version: string): Promise<number> {
    const { data } = await this.#call('GET', `keys/${this.#name}`)
    const least = Number(version)
    const before = Number(data['min_available_version'] ?? 0) || 1
    if (least <= before) return 0
    await this.#call('POST', `keys/${this.#name}/config`, {
      min_decryption_version: least,
      min_encryption_version: least,
    })
    await this.#call('POST', `keys/${this.#name}/trim`, { min_available_version: least })
    return least - before
  }

  async close(): Promise<void> {
    await this.#agent.close()
  }

  get #name(): string {
    return encodeURIComponent(this.#place.key)
  }

  async #call(method: 'GET' | 'POST', path: string, body?: object): Promise<Reply> {
    const { url, mount, tokenFile, namespace } = this.#place
    return patiently(timeoutMs, async (signal) => {
      // Read anew each time: an agent beside us may renew it.
      const token = readSecretLine(tokenFile)
      const answer = await fetch(`${url}/v1/${mount}/${path}`, {
        method,
        headers: {
          'x-vault-token': token,
          'x-vault-request': 'true',
          'content-type': 'application/json',
          ...(namespace === undefined ? {} : { 'x-vault-namespace': namespace }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        redirect: 'error',
        signal,
        dispatcher: this.#agent,
      })
      const text = await answer.text()
      return taken(replyIn(answer.status, text))
    })
  }
}

const bound = (context: readonly string[]): string =>
  contextBytes('keeper', context).toString('base64')

function replyIn(status: number, text: string): Reply {
  try {
    const { data = {}, errors = [] } = JSON.parse(text || '{}') as Partial<Reply>
    return { status, data: data ?? {}, errors: errors ?? [] }
  } catch {
    return { status, data: {}, errors: [] }
  }
}

function taken(reply: Reply): Reply {
  const { status, errors } = reply
  if (status === 200 || status === 204) return reply
  const said = errors.join(' ')
  if (status === 403) throw keeperDenied()
  if (status === 404) throw keeperKeyUnusable('there is no such key')
  if (status === 400 && /authentication failed|invalid ciphertext|unable to decrypt/i.test(said))
    throw notAuthentic()
  if (status === 400 && /encryption key not found/i.test(said))
    throw keeperKeyUnusable('there is no such key')
  if (status === 400 && /disallowed by policy|too old|soft.?deleted/i.test(said))
    throw keeperKeyUnusable('its version is not to be used any more')
  // 429 busy, 472 and 473 stand-by, 503 sealed, 5xx in general.
  throw keeperUnreachable(`it answers ${status}`)
}
