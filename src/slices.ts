import type { ServerResponse } from 'node:http'

const sliceBytes = 65_536

/** Writes a piece in slices: each one taken shows that whoever listens is still there, however slow. */
export async function writeSlices(raw: ServerResponse, piece: string | Uint8Array): Promise<void> {
  const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece
  for (let at = 0; at < bytes.length && !raw.destroyed; at += sliceBytes)
    if (!raw.write(bytes.subarray(at, at + sliceBytes))) await drained(raw)
}

function drained(raw: NodeJS.WritableStream): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      raw.off('drain', go).off('close', go)
      resolve()
    }
    raw.on('drain', go).on('close', go)
  })
}
