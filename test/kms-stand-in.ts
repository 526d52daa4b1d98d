import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { isSigned, type Signer } from './sigv4.ts'

export interface KmsStandIn {
  readonly endpoint: string
  readonly keyArn: string
  readonly signer: Signer
  /** `down` answers 503, `hang` never answers, `busy` throttles so many times and then answers. */
  state: 'up' | 'down' | 'hang' | 'Disabled' | 'PendingDeletion' | 'gone'
  busy: number
  /** What came in, in order. */
  readonly heard: string[]
  close(): Promise<void>
}

/**
 * As much of AWS KMS as a keeper asks for, on loopback, answering as its documentation says: no
 * request without a true signature, encryption context bound, versions of a key kept for ever.
 */
export async function openKmsStandIn(): Promise<KmsStandIn> {
  const keyArn = 'arn:aws:kms:eu-test-1:111122223333:key/0d990263-018e-4e65-a703-eff731de951e'
  const signer = {
    accessKeyId: 'AKIDEXAMPLE',
    secretAccessKey: 'a-secret-of-the-stand-in',
    region: 'eu-test-1',
    service: 'kms',
  }
  const material = [randomBytes(32)]
  const hung = new Set<ServerResponse>()
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await whole(request)
    if (standIn.state === 'hang') {
      hung.add(response)
      return
    }
    const [status, answer] = answerTo(standIn, material, request, body)
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' })
    response.end(JSON.stringify(answer))
  }
  const server = createServer((request, response) => void serve(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const endpoint = `http://127.0.0.1:${port}`
  const standIn: KmsStandIn = {
    endpoint,
    keyArn,
    signer,
    state: 'up',
    busy: 0,
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
const refused = (name: string, status = 400): Answer => [status, { __type: name, message: name }]

function answerTo(
  standIn: KmsStandIn,
  material: Buffer[],
  request: IncomingMessage,
  body: Buffer,
): Answer {
  const target = String(request.headers['x-amz-target']).replace('TrentService.', '')
  standIn.heard.push(`${target} ${body.toString()}`)
  if (standIn.state === 'down') return refused('KMSInternalException', 503)
  if (standIn.busy-- > 0) return refused('ThrottlingException')
  if (
    request.headers['x-amz-security-token'] !== undefined ||
    !isSigned(request, body, standIn.signer)
  )
    return refused('InvalidSignatureException', 403)
  const given = JSON.parse(body.toString()) as { [name: string]: string }
  if (standIn.state === 'gone' || given['KeyId'] !== standIn.keyArn)
    return refused('NotFoundException')
  if (target === 'DescribeKey')
    return [
      200,
      {
        KeyMetadata: {
          KeyId: 'k',
          Arn: standIn.keyArn,
          KeySpec: 'SYMMETRIC_DEFAULT',
          KeyUsage: 'ENCRYPT_DECRYPT',
          KeyState: standIn.state === 'up' ? 'Enabled' : standIn.state,
        },
      },
    ]
  if (standIn.state === 'Disabled') return refused('DisabledException')
  if (standIn.state === 'PendingDeletion') return refused('KMSInvalidStateException')
  const context = Buffer.from(JSON.stringify(given['EncryptionContext'] ?? {}))
  switch (target) {
    case 'Encrypt': {
      const iv = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', material.at(-1)!, iv).setAAD(context)
      const sealed = [
        cipher.update(given['Plaintext']!, 'base64'),
        cipher.final(),
        cipher.getAuthTag(),
      ]
      const blob = Buffer.concat([Buffer.of(material.length), iv, ...sealed])
      return [200, { KeyId: standIn.keyArn, CiphertextBlob: blob.toString('base64') }]
    }
    case 'Decrypt': {
      const blob = Buffer.from(given['CiphertextBlob']!, 'base64')
      const key = material[(blob[0] ?? 0) - 1]
      if (key === undefined || blob.length < 29) return refused('InvalidCiphertextException')
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, blob.subarray(1, 13), {
          authTagLength: 16,
        })
        decipher.setAAD(context).setAuthTag(blob.subarray(-16))
        const plain = Buffer.concat([decipher.update(blob.subarray(13, -16)), decipher.final()])
        return [200, { KeyId: standIn.keyArn, Plaintext: plain.toString('base64') }]
      } catch {
        return refused('InvalidCiphertextException')
      }
    }
    case 'RotateKeyOnDemand':
      material.push(randomBytes(32))
      return [200, { KeyId: standIn.keyArn }]
    default:
      return refused('UnsupportedOperationException')
  }
}

async function whole(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(piece as Buffer)
  return Buffer.concat(pieces)
}
