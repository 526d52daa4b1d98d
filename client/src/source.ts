/** A file to send, that can be read again from any byte. */
export interface Source {
  /** In bytes, where it is known. */
  readonly size: number | undefined
  from(offset: number): Blob | ReadableStream<Uint8Array>
}

/** A Blob: a File of the browser, or of Node's `openAsBlob(path)`, which reads as it is sent. */
export const blobSource = (blob: Blob): Source => ({
  size: blob.size,
  from: (offset) => blob.slice(offset),
})

/**
 * Records made as they are sent, as NDJSON.
 *
 * @param make - gives the same records in the same order each time: an import that broke off goes on
 *   at a byte, and counts its way there through a new run.
 */
export function recordSource(make: () => Iterable<object> | AsyncIterable<object>): Source {
  const encoder = new TextEncoder()
  return {
    size: undefined,
    from(offset) {
      const records = make()
      async function* pieces(): AsyncGenerator<Uint8Array> {
        let skip = offset
        for await (const record of records) {
          const line = encoder.encode(`${JSON.stringify(record)}\n`)
          if (skip >= line.length) skip -= line.length
          else {
            yield line.subarray(skip)
            skip = 0
          }
        }
      }
      return ReadableStream.from(gathered(pieces()))
    },
  }
}

const pieceBytes = 65_536

/** Larger pieces of small ones: each piece costs a chunk of the connection. */
async function* gathered(lines: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] = []
  let size = 0
  for await (const line of lines) {
    held.push(line)
    size += line.length
    if (size < pieceBytes) continue
    yield joined(held, size)
    held = []
    size = 0
  }
  if (size > 0) yield joined(held, size)
}

function joined(parts: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size)
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
