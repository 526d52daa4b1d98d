import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface TransitStandIn {
  readonly url: string
  readonly key: string
  readonly token: string
  /** `sealed` answers 503 as a sealed server does, `hang` never answers. */
  state: 'up' | 'sealed' | 'hang' | 'gone'
  /** Whether associated data is checked, as it is by every version that knows it. */
  bindsData: boolean
  readonly heard: string[]
  close(): Promise<void>
}

interface Key {
  versions: Buffer[]
  least: number
  available: number
}

/**
 * As much of the transit secrets engine (OpenBao 2, Vault 1) as a keeper could ask for, answering as
 * documented, and `rewrap` as it is: it opens what it is given without associated data.
 */
export async function openTransitStandIn(): Promise<TransitStandIn> {
  const held: Key = { versions: [randomBytes(32)], least: 1, available: 1 }
  const hung = new Set<ServerResponse>()
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await whole(request)
    if (standIn.state === 'hang') {
      hung.add(response)
      return
    }
    standIn.heard.push(`${request.method} ${request.url} ${body}`)
    const [status, answer] = answerTo(standIn, held, request, body)
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(status === 204 ? undefined : JSON.stringify(answer))
  }
  const server = createServer((request, response) => void serve(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const standIn: TransitStandIn = {
    url: `http://127.0.0.1:${port}`,
    key: 'holdfast',
    token: 's.standin',
    state: 'up',
    bindsData: true,
    heard: [],
    close: async () => {
      for (const response of hung) response.destroy()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return standIn
}

type Answer = [status: number, body: object]
const said = (status: number, text: string): Answer => [status, { errors: [text] }]

function answerTo(s: TransitStandIn, held: Key, request: IncomingMessage, body: string): Answer {
  if (s.state === 'sealed') return said(503, 'Vault is sealed')
  if (request.headers['x-vault-token'] !== s.token) return said(403, 'permission denied')
  const [, , mount, call, name, verb] = new URL(request.url!, s.url).pathname.split('/')
  if (mount !== 'transit') return said(404, `no handler for route "${mount}"`)
  const missing = s.state === 'gone' || name !== s.key
  const given = (body === '' ? {} : JSON.parse(body)) as { [name: string]: string }
  if (call === 'keys' && request.method === 'GET')
    return missing ? [404, { errors: [] }] : [200, { data: describe(held) }]
  if (missing) return said(400, 'encryption key not found')
  const bound = s.bindsData
    ? Buffer.from(given['associated_data'] ?? '', 'base64')
    : Buffer.alloc(0)
  if (call === 'encrypt') return [200, { data: seal(held, given['plaintext']!, bound) }]
  if (call === 'decrypt') return open(held, given['ciphertext']!, bound)
  if (call === 'rewrap') return open(held, given['ciphertext']!, Buffer.alloc(0))
  if (call === 'keys' && verb === 'rotate') {
    held.versions.push(randomBytes(32))
    return [200, { data: describe(held) }]
  }
  if (call === 'keys' && verb === 'config') {
    held.least = Number(given['min_decryption_version'] ?? held.least)
    return [200, { data: describe(held) }]
  }
  if (call === 'keys' && verb === 'trim') {
    if (Number(given['min_available_version']) > held.least)
      return said(400, 'minimum available version cannot be higher than minimum decryption version')
    held.available = Number(given['min_available_version'])
    return [204, {}]
  }
  return said(404, 'unsupported path')
}

const describe = ({ versions, least, available }: Key) => ({
  type: 'aes256-gcm96',
  exportable: false,
  allow_plaintext_backup: false,
  supports_encryption: true,
  latest_version: versions.length,
  min_decryption_version: least,
  min_available_version: available === 1 ? 0 : available,
})

function seal({ versions }: Key, plaintext: string, bound: Buffer) {
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', versions.at(-1)!, iv).setAAD(bound)
  const bytes = [iv, cipher.update(plaintext, 'base64'), cipher.final(), cipher.getAuthTag()]
  return {
    ciphertext: `vault:v${versions.length}:${Buffer.concat(bytes).toString('base64')}`,
    key_version: versions.length,
  }
}

function open({ versions, least }: Key, ciphertext: string, bound: Buffer): Answer {
  const [, number, text] = /^vault:v(\d+):([A-Za-z\d+/]+=*)$/.exec(ciphertext) ?? []
  const blob = Buffer.from(text ?? '', 'base64')
  if (number === undefined || blob.length < 28) return said(400, 'invalid ciphertext: no prefix')
  const key = versions[Number(number) - 1]
  if (key === undefined) return said(400, 'invalid ciphertext: version is too new')
  if (Number(number) < least)
    return said(400, 'ciphertext or signature version is disallowed by policy (too old)')
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, blob.subarray(0, 12), {
      authTagLength: 16,
    })
    decipher.setAAD(bound).setAuthTag(blob.subarray(-16))
    const plain = Buffer.concat([decipher.update(blob.subarray(12, -16)), decipher.final()])
    return [200, { data: { plaintext: plain.toString('base64') } }]
  } catch {
    return said(400, 'cipher: message authentication failed')
  }
}

async function whole(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(piece as Buffer)
  return Buffer.concat(pieces).toString()
}
