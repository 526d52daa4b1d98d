/**
 * Where a log's files come from: a folder, a zip, an address, or what a browser was handed.
 */
import { type RandomAccess, ZipFile } from './zip.ts'

export interface Source {
  /** What a person would call it. */
  readonly name: string
  /** A file by its path below the log's prefix; undefined where there is none. */
  read(path: string): Promise<Uint8Array | undefined>
  close(): Promise<void>
}

const nothingToClose = async () => {}

export function filesSource(name: string, files: ReadonlyMap<string, Uint8Array>): Source {
  return { name, read: async (path) => files.get(path), close: nothingToClose }
}

export async function folderSource(folder: string): Promise<Source> {
  const { readFile } = await import('node:fs/promises')
  const path = await import('node:path')
  return {
    name: folder,
    async read(name) {
      try {
        return await readFile(path.join(folder, name))
      } catch (error) {
        if (isMissing(error)) return undefined
        throw error
      }
    },
    close: nothingToClose,
  }
}

/** Folders stand where a partial tile's folder is asked for as a file. */
const isMissing = (error: unknown) =>
  /^(?:ENOENT|ENOTDIR|EISDIR)$/.test(String((error as { code?: unknown }).code))

export async function zipSource(name: string, file: RandomAccess): Promise<Source> {
  const zip = await ZipFile.open(file)
  // A pack that was unzipped and zipped again stands in a folder of its own.
  const [first, ...others] = zip.names.filter((path) => /(?:^|\/)checkpoint$/.test(path))
  const prefix = others.length === 0 ? (first?.slice(0, -'checkpoint'.length) ?? '') : ''
  return { name, read: (path) => zip.read(prefix + path), close: nothingToClose }
}

export async function zipFileSource(path: string): Promise<Source> {
  const { open } = await import('node:fs/promises')
  const handle = await open(path)
  const { size } = await handle.stat()
  const read = async (start: number, end: number) => {
    const bytes = Buffer.alloc(Math.max(0, Math.min(end, size) - start))
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, start)
    return bytes.subarray(0, bytesRead)
  }
  const source = await zipSource(path, { size, read })
  return { ...source, close: () => handle.close() }
}

export function blobAccess(blob: Blob): RandomAccess {
  return {
    size: blob.size,
    read: async (start, end) => new Uint8Array(await blob.slice(start, end).arrayBuffer()),
  }
}

/** One answer to one request. */
export interface Answer {
  readonly status: number
  readonly retryAfterSeconds: number
  readonly bytes: Uint8Array
}

export type Get = (url: string) => Promise<Answer>

const mostTries = 8

/** A log behind an address: `prefix` is what stands before `checkpoint`. */
export function urlSource(prefix: string, get: Get): Source {
  const base = prefix.endsWith('/') ? prefix : `${prefix}/`
  return {
    name: base,
    async read(path) {
      for (let tries = 1; ; tries++) {
        const { status, bytes, retryAfterSeconds } = await get(base + path)
        if (status === 200) return bytes
        if (status === 404) return undefined
        const isBusy = status === 429 || status === 503
        if (!isBusy || tries === mostTries) {
          throw new Error(`${base}${path} answered ${status}${whyOf(status)}`)
        }
        await new Promise((go) => setTimeout(go, 1000 * Math.max(1, retryAfterSeconds)))
      }
    },
    close: nothingToClose,
  }
}

function whyOf(status: number): string {
  if (status === 401) return ': it wants a credential'
  return status === 403 ? ': the credential may not walk this log' : ''
}

/** Requests as browsers and Node both make them. */
export function fetchGet(headers: Readonly<Record<string, string>> = {}): Get {
  return async (url) => {
    const answer = await fetch(url, { headers, redirect: 'error', credentials: 'same-origin' })
    return {
      status: answer.status,
      retryAfterSeconds: Number(answer.headers.get('retry-after') ?? '1') || 1,
      bytes: new Uint8Array(await answer.arrayBuffer()),
    }
  }
}

/** Requests in Node that trust a certificate authority of the caller's own. */
export async function tlsGet(headers: Readonly<Record<string, string>>, ca: string): Promise<Get> {
  const { Agent, request } = await import('node:https')
  const agent = new Agent({ keepAlive: true, maxSockets: 8, ca })
  return (url) =>
    new Promise((resolve, reject) => {
      const call = request(url, { agent, headers }, (answer) => {
        const pieces: Uint8Array[] = []
        answer.on('data', (piece: Uint8Array) => pieces.push(piece))
        answer.on('error', reject)
        answer.on('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            retryAfterSeconds: Number(answer.headers['retry-after'] ?? '1') || 1,
            bytes: Buffer.concat(pieces),
          }),
        )
      })
      call.on('error', reject)
      call.end()
    })
}
