import { readFileSync } from 'node:fs'
import { type Certified, checkCertificate } from '#keys'
import { noteVerifier, openProof } from '#trail'
import { clientOf } from './client.ts'
import { CliError, connectionFor } from './connect.ts'
import { onlyThese } from './flags.ts'
import { printAnswer } from './print.ts'
import type { Globals, Verb } from './verbs.ts'

/** A certificate as it was downloaded, with its proofs. */
interface Issued {
  readonly certificate: string
  readonly proofs: readonly {
    readonly entryId: string
    readonly leaf: string
    readonly proof: string
  }[]
  readonly pending: number
}

export const checkErasure: Verb = {
  words: 'keys certificate check',
  usage: 'FILE [--keys FILE]',
  about: 'Check a certificate of erasure: its signature, its stage and the proofs from the log.',
  more: `
FILE is what the console saves after an erasure, or:
  holdfast keys subject-certificate read <controllerId> <subjectId> --json > FILE
--keys     verifier keys of the logs, one a line, as you noted them before (holdfast trail log list):
           then no house is asked; without it the ones the house gives today are believed
Everything is checked by this command itself. Exit code 0: all of it holds. 1: it does not, or a
proof is still to come, and the sentence says which.
`,
  async run([name, ...more], flags, globals) {
    onlyThese(flags, ['keys'])
    if (name === undefined || more.length > 0) throw new RangeError('this takes one argument: FILE')
    const issued = issuedIn(read(name))
    if (issued === undefined) throw new CliError(`${name} holds no certificate of erasure`)
    const { certified, proven } = provenHere(issued, await keysFrom(flags.get('keys'), globals))
    const { proofs, pending } = issued
    const answer = { ...certified, proofs: `${proven} of ${proofs.length + pending} hold` }
    printAnswer(answer, { json: globals.json, out: process.stdout })
    if (pending === 0 && proven > 0) return 0
    process.stderr.write(
      'The log had not signed every entry it stands on when it was issued: have it issued again.\n',
    )
    return 1
  },
}

/** Believes nothing that stands in the file but what the keys bear out. @throws {CliError} */
function provenHere({ certificate, proofs }: Issued, keys: readonly string[]) {
  const certified = byOneOf(certificate, keys, (key): Certified =>
    checkCertificate(certificate, key, []),
  )
  for (const { leaf, proof } of proofs)
    byOneOf(proof, keys, (key) => openProof(proof, Buffer.from(leaf, 'hex'), noteVerifier(key)))
  return { certified, proven: proofs.length }
}

/** What the key of a signature's name opens: a house has one for each of its logs. */
function byOneOf<T>(note: string, keys: readonly string[], open: (key: string) => T): T {
  const names = [...note.matchAll(/^— (\S+) /gm)].map(([, name]) => name!)
  const own = keys.filter((key) => names.includes(key.slice(0, key.indexOf('+'))))
  let refused = `no key was given of ${names.join(' or ') || 'whoever may have signed it'}`
  for (const key of own)
    try {
      return open(key)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      refused = error.message
    }
  throw new CliError(`NOT proven: ${refused}`)
}

async function keysFrom(file: string | undefined, globals: Globals): Promise<string[]> {
  if (file !== undefined)
    return read(file)
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '')
  const client = clientOf(connectionFor(globals))
  const { items } = await client.call<{ items: { verifierKey?: string }[] }>(
    'GET',
    '/v1/trail/logs',
  )
  return items.flatMap(({ verifierKey }) => verifierKey ?? [])
}

function issuedIn(text: string): Issued | undefined {
  try {
    const { certificate, proofs, pending } = JSON.parse(text) as Partial<Issued>
    if (typeof certificate !== 'string' || !Array.isArray(proofs)) return undefined
    const isWhole = proofs.every(
      (one) => typeof one?.leaf === 'string' && typeof one?.proof === 'string',
    )
    return isWhole ? { certificate, proofs, pending: Number(pending) } : undefined
  } catch {
    return undefined
  }
}

function read(name: string): string {
  try {
    return readFileSync(name, 'utf8')
  } catch (error) {
    throw new CliError(`${name} cannot be read: ${(error as NodeJS.ErrnoException).code}`)
  }
}
