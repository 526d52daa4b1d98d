/**
 * Receivers of entries, written from the texts of their standards: OTLP/HTTP (JSON Protobuf Encoding),
 * RFC 5424 and 5425, Standard Webhooks. Nothing of the sender is used here.
 *
 * @module
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { createServer as createHttps, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createServer as createTls } from 'node:tls'

export interface Received {
  readonly index: number
  readonly leaf: string
  readonly content: any
}

/** What a receiver knows, and what it can tell to be wrong by itself. */
export class Inbox {
  readonly logs = new Map<string, Map<number, Received>>()
  readonly checkpoints: string[] = []
  readonly faults: string[] = []
  #open = new Map<string, number>()

  take(log: string, entry: Received): void {
    const known = this.logs.get(log) ?? new Map<number, Received>()
    this.logs.set(log, known)
    const before = known.get(entry.index)
    if (before !== undefined && before.leaf !== entry.leaf)
      this.faults.push(`${log} ${entry.index} has two leaves`)
    known.set(entry.index, entry)
    this.#open.set(log, (this.#open.get(log) ?? 0) + 1)
  }

  /** The record that closes a segment. */
  close(log: string, first: number, last: number, checkpoint: string): void {
    const known = this.logs.get(log)!
    if (this.#open.get(log) !== last - first + 1) this.faults.push(`${log} ${first}–${last}: count`)
    this.#open.delete(log)
    const lowest = Math.min(...known.keys())
    for (let index = lowest; index <= last; index += 1)
      if (!known.has(index)) this.faults.push(`${log} ${index} is missing`)
    this.checkpoints.push(checkpoint)
    const [, size] = checkpoint.split('\n')
    if (Number(size) <= last)
      this.faults.push(`${log}: checkpoint ${size} covers less than ${last}`)
  }

  of(log: string): Received[] {
    return [...(this.logs.get(log)?.values() ?? [])].sort((a, b) => a.index - b.index)
  }
}

/** RFC 6962 §2.1, over the leaf as it was sent. */
export const leafOf = (body: string): string =>
  createHash('sha256').update(Buffer.of(0)).update(body).digest('base64')

export interface Receiver {
  readonly inbox: Inbox
  readonly port: number
  /** Requests or connections so far. */
  count: number
  /** What is answered instead of a yes, for as long as it is set. */
  answer: { status: number; headers?: Record<string, string>; body?: string } | undefined
  /** Headers of the last request. */
  headers: Record<string, string | string[] | undefined>
  close(): Promise<void>
}

interface Keys {
  readonly cert: string
  readonly key: string
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Names a message may bear, as opentelemetry-proto's logs/v1 and common/v1 define them, in JSON. */
const otlpNames = {
  request: ['resourceLogs'],
  resourceLogs: ['resource', 'scopeLogs', 'schemaUrl'],
  resource: ['attributes', 'droppedAttributesCount', 'entityRefs'],
  scopeLogs: ['scope', 'logRecords', 'schemaUrl'],
  scope: ['name', 'version', 'attributes', 'droppedAttributesCount'],
  logRecord: [
    'timeUnixNano',
    'observedTimeUnixNano',
    'severityNumber',
    'severityText',
    'body',
    'attributes',
    'droppedAttributesCount',
    'flags',
    'traceId',
    'spanId',
    'eventName',
  ],
} as const

function demandMessage(value: unknown, kind: keyof typeof otlpNames): Record<string, any> {
  if (!isObject(value)) throw new Error(`${kind} is no message`)
  for (const name of Object.keys(value))
    if (!(otlpNames[kind] as readonly string[]).includes(name))
      throw new Error(`${kind} has no field ${name}`)
  return value
}

/** fixed64 and int64 are decimal strings in proto3 JSON; a sender may not rely on numbers. */
function demandUint64(value: unknown, name: string): bigint {
  if (typeof value !== 'string' || !/^(?:0|[1-9]\d{0,19})$/.test(value))
    throw new Error(`${name} must be a decimal string`)
  const number = BigInt(value)
  if (number >= 2n ** 64n) throw new Error(`${name} is out of range`)
  return number
}

/** AnyValue: exactly one of its kinds. */
function anyValue(value: unknown): unknown {
  if (!isObject(value) || Object.keys(value).length !== 1) throw new Error('a value has one kind')
  const [[kind, held]] = Object.entries(value) as [[string, unknown]]
  switch (kind) {
    case 'stringValue':
      if (typeof held !== 'string') throw new Error('stringValue must be text')
      return held
    case 'intValue':
      return Number(demandUint64(held, 'intValue'))
    case 'boolValue':
      if (typeof held !== 'boolean') throw new Error('boolValue must be true or false')
      return held
    default:
      throw new Error(`a value is no ${kind}`)
  }
}

function attributesIn(given: unknown): Record<string, any> {
  if (!Array.isArray(given)) throw new Error('attributes are a list')
  const names = given.map((each) => {
    if (!isObject(each) || typeof each['key'] !== 'string' || each['key'] === '')
      throw new Error('an attribute has a key')
    return [each['key'], anyValue(each['value'])] as const
  })
  if (new Set(names.map(([name]) => name)).size !== names.length)
    throw new Error('keys of attributes are unique')
  return Object.fromEntries(names)
}

/** Takes an ExportLogsServiceRequest. @throws for anything the mapping does not allow. */
export function takeOtlp(inbox: Inbox, text: string): void {
  for (const each of demandMessage(JSON.parse(text), 'request')['resourceLogs']) {
    const { resource, scopeLogs } = demandMessage(each, 'resourceLogs')
    const service = attributesIn(demandMessage(resource, 'resource')['attributes'])
    if (typeof service['service.name'] !== 'string') throw new Error('service.name is wanted')
    for (const within of scopeLogs) {
      const { scope, logRecords } = demandMessage(within, 'scopeLogs')
      demandMessage(scope, 'scope')
      for (const record of logRecords) takeRecord(inbox, demandMessage(record, 'logRecord'))
    }
  }
}

function takeRecord(inbox: Inbox, record: Record<string, any>): void {
  for (const name of ['timeUnixNano', 'observedTimeUnixNano']) demandUint64(record[name], name)
  const { severityNumber, severityText, eventName } = record
  if (!Number.isInteger(severityNumber) || severityNumber < 1 || severityNumber > 24)
    throw new Error('severityNumber is a number of the enumeration')
  if (typeof severityText !== 'string' || typeof eventName !== 'string')
    throw new Error('text is wanted')
  const body = anyValue(record['body'])
  const about = attributesIn(record['attributes'])
  if (eventName === 'trail.batch')
    inbox.close(about['trail.log'], about['trail.first'], about['trail.last'], String(body))
  else
    inbox.take(about['trail.log'], {
      index: about['trail.index'],
      leaf: about['trail.leaf'],
      content: about['trail.content'] === 'ocsf' ? JSON.parse(String(body)) : body,
    })
}

/** An OTLP/HTTP receiver of logs. */
export const otlpReceiver = (keys: Keys): Promise<Receiver> =>
  httpReceiver(keys, (inbox, body, headers) => {
    if (headers['content-type'] !== 'application/json') throw new Error('415')
    takeOtlp(inbox, body)
    return '{}'
  })

/** Looks at a webhook as the Standard Webhooks text tells a consumer to. @throws when it is none of ours. */
export function verifyWebhook(
  headers: Receiver['headers'],
  body: string,
  secret: string,
  nowSeconds: number,
): void {
  const [id, timestamp, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map(
    (name) => headers[name],
  )
  if (![id, timestamp, signatures].every((each) => typeof each === 'string'))
    throw new Error('a header is missing')
  if (!/^\d+$/.test(String(timestamp)) || Math.abs(nowSeconds - Number(timestamp)) > 300)
    throw new Error('the timestamp is not of now')
  const key = Buffer.from(/^whsec_([A-Za-z0-9+/=]+)$/.exec(secret)![1]!, 'base64')
  if (key.length < 24 || key.length > 64) throw new Error('a key has 24 to 64 bytes')
  const expected = createHmac('sha256', key)
    .update(`${String(id)}.${String(timestamp)}.${body}`)
    .digest()
  const isOurs = String(signatures)
    .split(' ')
    .map((each) => each.split(','))
    .some(([version, signature = '']) => {
      const given = Buffer.from(signature, 'base64')
      return (
        version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected)
      )
    })
  if (!isOurs) throw new Error('no signature is good')
}

/** A consumer of webhooks. */
export const webhookReceiver = (keys: Keys, secret: () => string, now: () => Date) =>
  httpReceiver(keys, (inbox, body, headers) => {
    verifyWebhook(headers, body, secret(), now().getTime() / 1000)
    const { type, timestamp, data } = JSON.parse(body) as Record<string, any>
    if (type !== 'trail.entries' || Number.isNaN(Date.parse(timestamp))) throw new Error('type')
    for (const { log, first, last, checkpoint, entries } of data.segments) {
      for (const entry of entries) inbox.take(log, entry)
      inbox.close(log, first, last, checkpoint)
    }
    return ''
  })

async function httpReceiver(
  keys: Keys,
  take: (inbox: Inbox, body: string, headers: Receiver['headers']) => string,
): Promise<Receiver> {
  const server: Server = createHttps(keys, (request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (piece: string) => {
      body += piece
    })
    request.on('end', () => {
      receiver.count += 1
      receiver.headers = request.headers
      if (receiver.answer !== undefined) {
        response.writeHead(receiver.answer.status, receiver.answer.headers)
        return response.end(receiver.answer.body)
      }
      try {
        const answer = take(receiver.inbox, body, request.headers)
        response.writeHead(200, { 'content-type': 'application/json' })
        return response.end(answer)
      } catch (error) {
        receiver.inbox.faults.push(String(error))
        response.writeHead(400)
        return response.end()
      }
    })
  })
  const receiver = await opened(server)
  return receiver
}

/** A syslog receiver over TLS that reads octet-counted frames (RFC 5425 §4.3) to the end. */
export async function syslogReceiver(keys: Keys): Promise<Receiver & { breaks: boolean }> {
  const server = createTls(keys, (socket) => {
    receiver.count += 1
    const pieces: Buffer[] = []
    socket.on('error', () => {})
    if (receiver.breaks) return socket.destroy()
    socket.on('data', (piece) => void pieces.push(piece))
    return socket.on('end', () => {
      try {
        takeFrames(receiver.inbox, Buffer.concat(pieces))
      } catch (error) {
        receiver.inbox.faults.push(String(error))
      }
    })
  })
  const receiver = Object.assign(await opened(server), { breaks: false })
  return receiver
}

/** SYSLOG-FRAME = MSG-LEN SP SYSLOG-MSG, MSG-LEN = NONZERO-DIGIT *DIGIT. */
export function takeFrames(inbox: Inbox, bytes: Buffer): void {
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(0x20, at)
    const length = bytes.toString('latin1', at, space)
    if (!/^[1-9]\d*$/.test(length)) throw new Error('a frame begins with its length')
    const end = space + 1 + Number(length)
    if (end > bytes.length) throw new Error('a frame is cut off')
    takeMessage(inbox, bytes.subarray(space + 1, end))
    at = end
  }
}

/** RFC 5424 §6: HEADER SP STRUCTURED-DATA SP MSG, with each part's own alphabet and length. */
const header =
  /^<(\d{1,3})>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)) ([\x21-\x7e]{1,255}) ([\x21-\x7e]{1,48}) ([\x21-\x7e]{1,128}) ([\x21-\x7e]{1,32}) (-|(?:\[[^\]]+\])+) ([\x20-\x7e]*)$/

function takeMessage(inbox: Inbox, bytes: Buffer): void {
  if (bytes.length > 8192) throw new Error('a message is longer than every receiver takes')
  const parts = header.exec(bytes.toString('latin1'))
  if (parts === null) throw new Error(`not RFC 5424: ${bytes.toString('latin1').slice(0, 80)}`)
  const [, priority, timestamp, , app, , kind, , text] = parts
  if (Number(priority) > 191 || (priority!.length > 1 && priority!.startsWith('0')))
    throw new Error('PRI is 0 to 191')
  if (Number.isNaN(Date.parse(timestamp!)) || app !== 'holdfast') throw new Error('header')
  const told = JSON.parse(text!) as Record<string, any>
  if (kind === 'batch') inbox.close(told['log'], told['first'], told['last'], told['checkpoint'])
  else inbox.take(told['log'], told as Received)
}

const running = new Set<() => Promise<void>>()

/** Closes every receiver that a test has left open. */
export const closeAll = async (): Promise<void> => {
  await Promise.all([...running].map((close) => close()))
}

async function opened(server: Server | ReturnType<typeof createTls>): Promise<Receiver> {
  await new Promise<void>((go) => server.listen(0, '127.0.0.1', go))
  const close = () =>
    new Promise<void>((go) => {
      running.delete(close)
      server.close(() => go())
    })
  running.add(close)
  return {
    inbox: new Inbox(),
    port: (server.address() as AddressInfo).port,
    count: 0,
    answer: undefined,
    headers: {},
    close,
  }
}
