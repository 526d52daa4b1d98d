import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

export interface Signer {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly region: string
  readonly service: string
}

/** Whether a request carries a true AWS Signature Version 4 of this signer over what it says. */
export function isSigned(
  { headers, method, url }: IncomingMessage,
  body: Buffer,
  { accessKeyId, secretAccessKey, region, service }: Signer,
): boolean {
  const [, id, day, where, what, names, signature] =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+), Signature=([\da-f]{64})$/.exec(
      headers.authorization ?? '',
    ) ?? []
  if (id !== accessKeyId || where !== region || what !== service || names === undefined)
    return false
  const signed = names.split(';')
  if (!signed.includes('host')) return false
  const { pathname, search } = new URL(url!, 'http://stand.in')
  const canonical = [
    method,
    pathname,
    search.slice(1),
    ...signed.map((name) => `${name}:${String(headers[name]).trim()}`),
    '',
    names,
    createHash('sha256').update(body).digest('hex'),
  ].join('\n')
  const scope = `${day}/${region}/${service}/aws4_request`
  const digest = createHash('sha256').update(canonical).digest('hex')
  const toSign = ['AWS4-HMAC-SHA256', String(headers['x-amz-date']), scope, digest].join('\n')
  const hmac = (key: string | Buffer, text: string) =>
    createHmac('sha256', key).update(text).digest()
  const key = [region, service, 'aws4_request'].reduce(hmac, hmac(`AWS4${secretAccessKey}`, day!))
  return timingSafeEqual(hmac(key, toSign), Buffer.from(signature!, 'hex'))
}
