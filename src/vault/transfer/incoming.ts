import type { Readable } from 'node:stream'
import { importInterrupted, importMalformed } from '../refusals.ts'
import type { Columns, ImportFormat, Mapping } from './import.ts'

/** Longest row, in bytes. */
export const longestRow = 1_048_576

/** What is being read, and how much of it has come. */
export interface Incoming {
  readonly stream: Readable
  readonly format: ImportFormat
  readonly mapping: Mapping
  /** Where the stream begins in its file; absent at its start. */
  readonly from?: { readonly bytes: number; readonly rows: number }
  /** CSV: what its header said, of this stream or of the one before. */
  columns?: Columns
  /** Bytes of the file up to what has arrived. */
  bytesRead: number
}

/** The chunks of what comes in, counted. Never more than one ahead: whoever takes slowly slows the sender. */
export async function* chunksOf(incoming: Incoming): AsyncGenerator<Buffer> {
  for await (const chunk of unbroken(incoming.stream)) {
    incoming.bytesRead += chunk.byteLength
    yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
  }
}

/** Kept as it is, it would be somebody's name with question marks in it. */
export const notUtf8 = ({ bytesRead }: Incoming) =>
  importMalformed(`This is not UTF-8, before byte ${bytesRead}.`)

/** The stream's chunks. Left early, the stream stays open: the caller's answer goes out on its connection. */
async function* unbroken(stream: Readable): AsyncGenerator<Uint8Array> {
  const chunks = stream.iterator({ destroyOnReturn: false })
  for (;;) {
    const next = await chunks.next().catch(() => {
      throw importInterrupted()
    })
    if (next.done === true) return
    yield next.value as Uint8Array
  }
}
