/** Subjects to a chunk: 256 bytes of bits, small enough to rewrite at every turn. */
export const chunkSubjects = 2048
const chunkBytes = chunkSubjects / 8

export const chunkOf = (subject: number): number => Math.floor(subject / chunkSubjects)

/** An empty chunk. */
export const noSubjects = (): Buffer => Buffer.alloc(chunkBytes)

/** Sets a subject's bit in its chunk; true when it was not there before. */
export function addSubject(bits: Buffer, subject: number): boolean {
  const place = subject % chunkSubjects
  const [byte, bit] = [place >> 3, 1 << (place & 7)]
  if ((bits[byte]! & bit) !== 0) return false
  bits[byte]! |= bit
  return true
}
