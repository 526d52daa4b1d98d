/** Bytes of one object of a file: what waits in memory, and what is asked for at once. */
export const partBytes = 4_194_304
/** An upload that has not ended for so long was given up. */
export const arrivingHours = 24

/** What a file is called. Personal: it is sealed, and travels in no address and no header. */
export interface FileAbout {
  readonly name: string
  readonly mediaType: string
}

/** A file as its row has it. */
export interface AttachmentRow {
  readonly attachmentId: string
  readonly subjectId: string
  /** The category's bit. */
  readonly category: number
  readonly ordinal: number
  readonly about: Buffer
  readonly fileKey: Buffer
  readonly digest: Buffer
  readonly sizeBytes: number
  readonly storedAt: Date
  readonly eraseAfter: Date
}

/** A file, opened for a caller. */
export interface Attachment extends FileAbout {
  readonly attachmentId: string
  readonly category: string
  readonly sizeBytes: number
  /** SHA-256, hex; empty where masked. */
  readonly sha256: string
  readonly storedAt: Date
  readonly eraseAfter: Date
  readonly masked: boolean
}

/** What the parts of a file are bound to, beside their subject and its key. */
export const attachmentContext = (
  attachmentId: string,
  part: 'about' | 'key' | 'digest',
): string[] => ['vault.attachment', attachmentId, part]

/** What a file's chunks are bound to. */
export const contentContext = (controllerId: string, attachmentId: string): Buffer =>
  Buffer.from(`vault.attachment/${controllerId}/${attachmentId}`)

/** Where a file's objects lie. */
export const placeOf = (controllerId: string, attachmentId: string): string =>
  `attachments/${controllerId}/${attachmentId}/`

export const partPlace = (place: string, number: number): string =>
  `${place}${String(number).padStart(8, '0')}`

/** Pieces of any size as parts of {@link partBytes}, the last one shorter. */
export async function* partsOf(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer[] = []
  let size = 0
  for await (const piece of pieces) {
    held.push(piece)
    size += piece.length
    if (size < partBytes) continue
    const whole = Buffer.concat(held)
    yield whole.subarray(0, partBytes)
    held = [whole.subarray(partBytes)]
    size -= partBytes
  }
  if (size > 0) yield Buffer.concat(held)
}
