import { randomBytes } from '#ground'

/** A line of plaintext that stands nowhere else in the world; short enough for one line of base64. */
export const newCanaryText = (): string => `holdfast-canary-${randomBytes(12).toString('hex')}`

/**
 * The forms in which a text could lie readable in another text: itself, in hex (how PostgreSQL
 * prints bytes), in base64 at each of its three alignments, without the ends that neighbours share.
 */
export function formsOf(text: string): string[] {
  const bytes = Buffer.from(text)
  const aligned = [0, 1, 2].map((lead) =>
    Buffer.concat([Buffer.alloc(lead), bytes])
      .toString('base64')
      .slice(4, -4),
  )
  return [text, bytes.toString('hex'), ...aligned]
}
