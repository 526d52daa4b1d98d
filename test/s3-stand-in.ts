import { createHash, createHmac, randomUUID, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

interface Version {
  readonly id: string
  readonly bytes: Buffer
  readonly lockedUntil: Date | undefined
}

export interface S3StandIn {
  /** What the file of the setting `objectsFile` says, but for `prefix` and `lockDays`. */
  readonly place: {
    readonly endpoint: string
    readonly bucket: string
    readonly region: string
    readonly accessKeyId: string
    readonly secretAccessKey: string
  }
  /** Every object as it lies there, by key. */
  objects(): Map<string, Buffer>
  /** Until when the newest version under a key is locked. */
  lockedUntil(key: string): Date | undefined
  /** Changes what lies there, as only who owns the store can. */
  replace(key: string, bytes: Buffer): void
  /** `down` answers 503, `hang` never answers, `up` answers. */
  state: 'up' | 'down' | 'hang'
  /** Requests that came, refused ones too. */
  readonly requests: number
  close(): Promise<void>
}

const accessKeyId = 'AKIDEXAMPLE'
const secretAccessKey = 'a-secret-of-the-stand-in'
const region = 'eu-test-1'
const bucket = 'holdfast'
const pageLength = 3

/**
 * As much of S3 as the house uses, on loopback: versions, `If-None-Match`, Object Lock in compliance
 * mode, and no request without a true AWS Signature Version 4 over what it says.
 */
export async function openS3StandIn(): Promise<S3StandIn> {
  const versions = new Map<string, Version[]>()
  const hung = new Set<ServerResponse>()
  let requests = 0
  const newest = (key: string) => versions.get(key)?.at(-1)
  const server = createServer((request, response) => {
    requests += 1
    if (standIn.state === 'hang') {
      hung.add(response)
      return
    }
    void answer(request, response, versions, standIn.state === 'up').catch((error: unknown) =>
      refuse(response, 500, String(error)),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const standIn: S3StandIn = {
    place: {
      endpoint: `http://127.0.0.1:${port}`,
      bucket,
      region,
      accessKeyId,
      secretAccessKey,
    },
    objects: () =>
      new Map(
        [...versions].flatMap(([key, all]) => (all.length > 0 ? [[key, all.at(-1)!.bytes]] : [])),
      ),
    lockedUntil: (key) => newest(key)?.lockedUntil,
    replace: (key, bytes) =>
      void versions.set(key, [{ id: randomUUID(), bytes, lockedUntil: undefined }]),
    state: 'up',
    get requests() {
      return requests
    },
    close: async () => {
      for (const response of hung) response.destroy()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return standIn
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  versions: Map<string, Version[]>,
  up: boolean,
): Promise<void> {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(piece as Buffer)
  const body = Buffer.concat(pieces)
  if (!up) return refuse(response, 503, 'ServiceUnavailable')
  if (!isSigned(request, body)) return refuse(response, 403, 'SignatureDoesNotMatch')
  const url = new URL(request.url!, 'http://stand.in')
  const [, named, ...words] = decodeURIComponent(url.pathname).split('/')
  if (named !== bucket) return refuse(response, 404, 'NoSuchBucket')
  const key = words.join('/')
  const all = versions.get(key) ?? []
  switch (request.method) {
    case 'PUT':
      return put(request, response, { versions, key, body })
    case 'GET':
      if (key === '') return list(response, url, versions)
      if (all.length === 0) return refuse(response, 404, 'NoSuchKey')
      return void response.writeHead(200).end(all.at(-1)!.bytes)
    case 'HEAD': {
      const version = all.at(-1)
      if (version === undefined) return void response.writeHead(404).end()
      const until = version.lockedUntil
      const lock =
        until === undefined
          ? {}
          : {
              'x-amz-object-lock-mode': 'COMPLIANCE',
              'x-amz-object-lock-retain-until-date': until.toISOString(),
            }
      return void response.writeHead(200, { 'x-amz-version-id': version.id, ...lock }).end()
    }
    case 'DELETE': {
      const id = url.searchParams.get('versionId') ?? all.at(-1)?.id
      const version = all.find((v) => v.id === id)
      if (version?.lockedUntil !== undefined && version.lockedUntil > new Date())
        return refuse(response, 403, 'AccessDenied')
      versions.set(
        key,
        all.filter((v) => v !== version),
      )
      return void response.writeHead(204).end()
    }
    default:
      return refuse(response, 405, 'MethodNotAllowed')
  }
}

function put(
  { headers }: IncomingMessage,
  response: ServerResponse,
  { versions, key, body }: { versions: Map<string, Version[]>; key: string; body: Buffer },
): void {
  const all = versions.get(key) ?? []
  if (headers['if-none-match'] === '*' && all.length > 0)
    return refuse(response, 412, 'PreconditionFailed')
  const checksum = headers['x-amz-checksum-sha256']
  if (checksum !== undefined && checksum !== sha256(body).toString('base64'))
    return refuse(response, 400, 'BadDigest')
  const mode = headers['x-amz-object-lock-mode']
  // As S3 does: what is locked must come with a checksum.
  if (mode !== undefined && (mode !== 'COMPLIANCE' || checksum === undefined))
    return refuse(response, 400, 'InvalidRequest')
  const until = headers['x-amz-object-lock-retain-until-date']
  const lockedUntil = mode === undefined ? undefined : new Date(String(until))
  versions.set(key, [...all, { id: randomUUID(), bytes: body, lockedUntil }])
  response.writeHead(200, { etag: '"x"' }).end()
}

function list(response: ServerResponse, url: URL, versions: Map<string, Version[]>): void {
  const prefix = url.searchParams.get('prefix') ?? ''
  const after = url.searchParams.get('continuation-token') ?? ''
  const keys = [...versions]
    .filter(([key, all]) => all.length > 0 && key.startsWith(prefix) && key > after)
    .map(([key]) => key)
    .sort()
  const page = keys.slice(0, pageLength)
  const more = keys.length > page.length
  const contents = page.map((key) => `<Contents><Key>${key}</Key></Contents>`).join('')
  const next = more ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : ''
  response
    .writeHead(200, { 'content-type': 'application/xml' })
    .end(
      `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult><IsTruncated>${more}</IsTruncated>${next}${contents}</ListBucketResult>`,
    )
}

function refuse(response: ServerResponse, status: number, code: string): void {
  response
    .writeHead(status, { 'content-type': 'application/xml' })
    .end(`<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code></Error>`)
}

const sha256 = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest()
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest()

/** AWS Signature Version 4 in the Authorization header, over the request as it came. */
function isSigned({ headers, method, url }: IncomingMessage, body: Buffer): boolean {
  const [, id, day, where, names, signature] =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, SignedHeaders=([^,]+), Signature=([\da-f]{64})$/.exec(
      headers.authorization ?? '',
    ) ?? []
  if (id !== accessKeyId || where !== region || names === undefined) return false
  const payload = String(headers['x-amz-content-sha256'])
  if (payload !== sha256(body).toString('hex')) return false
  const signed = names.split(';')
  // Whatever the store acts on must be signed.
  if (!signed.includes('host')) return false
  if (Object.keys(headers).some((n) => n.startsWith('x-amz-') && !signed.includes(n))) return false
  const { pathname, searchParams } = new URL(url!, 'http://stand.in')
  const query = [...searchParams]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&')
  const canonical = [
    method,
    pathname,
    query,
    ...signed.map((name) => `${name}:${String(headers[name]).trim()}`),
    '',
    names,
    payload,
  ].join('\n')
  const at = String(headers['x-amz-date'])
  const scope = `${day}/${region}/s3/aws4_request`
  const toSign = ['AWS4-HMAC-SHA256', at, scope, sha256(canonical).toString('hex')].join('\n')
  const key = [region, 's3', 'aws4_request'].reduce(hmac, hmac(`AWS4${secretAccessKey}`, day!))
  return timingSafeEqual(hmac(key, toSign), Buffer.from(signature!, 'hex'))
}

const encode = (text: string) =>
  encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  )
