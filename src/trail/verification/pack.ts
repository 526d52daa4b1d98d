/**
 * A pack: one log's own files under their C2SP paths, and what an auditor needs beside them, in a zip
 * that `holdfast-verify` proves without a network. `verifier/README.md` has the layout.
 *
 * @module
 */

export const packFormat = 'holdfast-pack/1'
export const packMediaType = 'application/zip'

/** One file of a pack. */
export interface PackFile {
  readonly name: string
  readonly input: Buffer | string | AsyncIterable<Buffer>
}

/** What a pack says of itself. */
export interface PackAbout {
  readonly log: string
  readonly origin: string
  readonly size: number
  readonly madeAt: Date
  readonly keys: readonly string[]
  readonly copies: readonly string[]
  /** Whether it holds every payload that is not erased, some, or none. */
  readonly openings: 'all' | 'some' | 'none'
}

export function formatAbout({ madeAt, ...about }: PackAbout): string {
  const said = { format: packFormat, ...about, madeAt: madeAt.toISOString() }
  return `${JSON.stringify(said, null, 2)}\n`
}

/** A tlog-policy of the root log: its key, and those who cosign it, as the house names them. */
export function formatPolicy(rootKey: string, witnesses: readonly string[]): string {
  const lines = [
    '# As the house names them. Whom you trust, you decide: give a policy of your own.',
    `log ${rootKey}`,
    ...witnesses.map((key, i) => `witness w${i} ${key}`),
  ]
  const names = witnesses.map((_, i) => `w${i}`)
  if (names.length > 1) lines.push(`group witnesses any ${names.join(' ')}`)
  lines.push(`quorum ${names.length > 1 ? 'witnesses' : (names[0] ?? 'none')}`)
  return `${lines.join('\n')}\n`
}

export const ndjson = (values: readonly unknown[]): string =>
  values.map((value) => `${JSON.stringify(value)}\n`).join('')

/** What a person reads first. */
export function readmeOf({ origin, size, madeAt, keys, openings }: PackAbout): string {
  const payloads = {
    all: 'The payloads that are not erased are in openings/: they name people.',
    some: 'Payloads whose keys still exist are in openings/: they name people.',
    none: 'Payloads are left out: nothing in this pack names anybody.',
  }[openings]
  return `The audit trail of ${origin}
${size.toLocaleString('en')} ${size === 1 ? 'entry' : 'entries'}, packed at ${madeAt.toISOString()}.

${payloads}

To prove that nothing in it is missing, changed or out of place:

  node holdfast-verify.mjs <this folder or zip> --key KEY

KEY is the log's verifier key. Take it from where you noted it before, not from this pack, which says:

  ${keys[0]}

It runs in Node 20 and later, without a network. Take holdfast-verify.mjs from a place you trust, too:
one that lies in the pack it is to check proves little by itself. Its README tells what each line means,
and which other tools of the C2SP formats can walk this folder.
`
}
