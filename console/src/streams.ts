import { inHeader, Refused, type Told } from './api.ts'

/** Why personal data is wanted; it goes into the entry. */
export interface Why {
  readonly purpose: string
  readonly reason: string
}

interface Sending extends Why {
  /** Default `POST`. */
  readonly method?: 'POST' | 'PUT'
  readonly file: Blob
  readonly mediaType: string
  readonly signal: AbortSignal
  /** Bytes that have left this browser. */
  readonly onSent: (bytes: number) => void
}

/**
 * Sends a file of any size as it is, piece by piece. `fetch` does not tell how far a body has come,
 * so this is an XMLHttpRequest.
 *
 * @throws {Refused} with the house's own code and sentence.
 */
export function upload<T>(path: string, sending: Sending): Promise<Told<T>> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open(sending.method ?? 'POST', path)
    const headers = { ...headersOf(sending), 'content-type': sending.mediaType }
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value)
    request.upload.addEventListener('progress', ({ loaded }) => sending.onSent(loaded))
    request.addEventListener('load', () => {
      const { status, responseText } = request
      if (status < 200 || status > 299) return reject(refusedBy(status, responseText))
      const entryId = request.getResponseHeader('holdfast-entry') ?? undefined
      return resolve({ value: valueIn(responseText) as T, entryId })
    })
    request.addEventListener('error', () => reject(cutOff()))
    request.addEventListener('abort', () => reject(stopped()))
    sending.signal.addEventListener('abort', () => request.abort())
    request.send(sending.file)
  })
}

/**
 * Fetches what leaves the house as a stream.
 *
 * @param into - gets the pieces as they come, behind those it has; what broke off may go on from there.
 * @returns the whole of it, and the trail entry of its first piece.
 * @throws {Refused} with the house's own code; `no-connection` when it broke off: a torso is no export.
 */
export async function download(
  path: string,
  why: Why | undefined,
  onReceived: (bytes: number) => void,
  into: Uint8Array<ArrayBuffer>[] = [],
): Promise<{ readonly bytes: Blob; readonly name: string; readonly entryId: string | undefined }> {
  const headers = why === undefined ? { 'holdfast-request': '1' } : headersOf(why)
  const answer = await answerTo(path, { headers })
  let received = into.reduce((sum, { length }) => sum + length, 0)
  for await (const piece of piecesOf(answer)) {
    into.push(piece)
    received += piece.length
    onReceived(received)
  }
  const [, name = 'export'] =
    /filename="([^"]+)"/.exec(answer.headers.get('content-disposition') ?? '') ?? []
  return {
    bytes: new Blob(into, { type: answer.headers.get('content-type') ?? '' }),
    name,
    entryId: answer.headers.get('holdfast-entry') ?? undefined,
  }
}

/** Asks for long work and hears of it line by line (NDJSON). */
export async function* linesOf<T>(path: string, signal: AbortSignal): AsyncGenerator<T> {
  const headers = { accept: 'application/x-ndjson', 'holdfast-request': '1' }
  const answer = await answerTo(path, { method: 'POST', headers, signal })
  const decoder = new TextDecoder()
  let rest = ''
  for await (const piece of piecesOf(answer)) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line !== '') yield JSON.parse(line) as T
  }
}

const headersOf = ({ purpose, reason }: Why) => ({
  'holdfast-request': '1',
  'holdfast-purpose': inHeader(purpose),
  'holdfast-reason': inHeader(reason),
})

async function answerTo(path: string, init: RequestInit): Promise<Response> {
  const answer = await fetch(path, { ...init, credentials: 'same-origin' }).catch(
    (error: unknown) => {
      if (init.signal?.aborted === true) throw error
      throw cutOff()
    },
  )
  if (!answer.ok) throw refusedBy(answer.status, await answer.text())
  return answer
}

async function* piecesOf(answer: Response): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const reader = answer.body?.getReader()
  if (reader === undefined) return
  let isOver = false
  try {
    for (;;) {
      const { done, value } = await reader.read()
      isOver = done
      if (done) return
      yield value
    }
  } catch {
    isOver = true
    throw cutOff()
  } finally {
    // Whoever stops listening must not leave the house talking.
    if (!isOver) await reader.cancel()
  }
}

function refusedBy(status: number, text: string): Refused {
  const { code, message, facts } = (valueIn(text) ?? {}) as Partial<Refused>
  return new Refused(status, code ?? 'fault', message ?? 'Something went wrong.', { ...facts })
}

function valueIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const cutOff = () =>
  new Refused(0, 'no-connection', 'The connection broke off before the end. Is Holdfast running?')
const stopped = () =>
  new Refused(
    0,
    'stopped',
    'Stopped sending. What had arrived by then is still dealt with; from there it can go on.',
  )
