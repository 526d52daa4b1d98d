import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A spelling of a text, as lower-case latin1: everything is compared in folded case. */
interface Form {
  readonly name: string
  readonly needle: string
}

/**
 * The spellings a text could lie on a disk in: as it is in any case, hexadecimal, base64 at each of
 * its three alignments, UTF-16. Needles are cut to what does not depend on the neighbours.
 */
export function formsOf(text: string): Form[] {
  const bytes = Buffer.from(text, 'utf8')
  const wide = Buffer.from(text, 'utf16le').subarray(0, -1)
  const folded = [text, text.toLowerCase(), text.toUpperCase()]
  const forms: Form[] = [
    { name: 'plain', needle: fold(bytes) },
    ...distinct(folded).map((t) => ({
      name: 'hexadecimal',
      needle: Buffer.from(t).toString('hex'),
    })),
    ...distinct(folded).flatMap(base64Forms),
    { name: 'UTF-16', needle: fold(wide) },
  ]
  return [...new Map(forms.map((form) => [form.needle, form])).values()]
}

function base64Forms(text: string): Form[] {
  return [0, 1, 2].flatMap((offset) => {
    const padded = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)])
    const from = Math.ceil((offset * 8) / 6)
    const to = Math.floor((padded.length * 8) / 6)
    return (['base64', 'base64url'] as const).map((encoding) => ({
      name: 'base64',
      needle: padded.toString(encoding).slice(from, to).toLowerCase(),
    }))
  })
}

const distinct = (texts: readonly string[]) => [...new Set(texts)]
const fold = (bytes: Buffer) => bytes.toString('latin1').toLowerCase()

export interface Sighting {
  readonly where: string
  readonly text: string
  readonly form: string
}

export interface Searched {
  readonly files: number
  readonly bytes: number
  readonly found: readonly Sighting[]
}

/** Searches every byte of every file below a directory for these texts, in every form. */
export function searchFiles(dir: string, texts: readonly string[]): Searched {
  const forms = texts.map((text) => ({ text, forms: formsOf(text) }))
  const found: Sighting[] = []
  let [files, bytes] = [0, 0]
  for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const where = join(entry.parentPath, entry.name)
    const content = readFileSync(where)
    files += 1
    bytes += content.length
    found.push(...sightings(where, content, forms))
  }
  return { files, bytes, found }
}

/** Searches one text, say a table's rows, as {@link searchFiles} does a file. */
export const searchText = (where: string, content: string, texts: readonly string[]): Sighting[] =>
  sightings(
    where,
    Buffer.from(content),
    texts.map((text) => ({ text, forms: formsOf(text) })),
  )

function sightings(
  where: string,
  content: Buffer,
  wanted: readonly { text: string; forms: readonly Form[] }[],
): Sighting[] {
  const folded = fold(content)
  return wanted.flatMap(({ text, forms }) =>
    forms
      .filter(({ needle }) => folded.includes(needle))
      .map(({ name: form }) => ({ where, text, form })),
  )
}
