import { readFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { findReceipt, noteVerifier, openProof, openReceipt } from '#trail'
import { clientOf } from './client.ts'
import { CliError, connectionFor } from './connect.ts'
import { onlyThese } from './flags.ts'
import { printAnswer } from './print.ts'
import type { Verb } from './verbs.ts'

interface Checked {
  readonly state: 'included' | 'waiting' | 'late' | 'missing'
  readonly finding: string
  readonly verifierKey: string
  readonly index?: number
  readonly proof?: string
}

export const checkReceipt: Verb = {
  words: 'trail receipt check',
  usage: 'FILE|- [--key VERIFIER_KEY]',
  about: 'Hold a signed receipt against its log, and check the proof here.',
  more: `
FILE holds the value of a holdfast-receipt header, alone or among the header lines of an answer:
  curl -i ... | holdfast trail receipt check -
--key      the log's verifier key, as you noted it before (GET /v1/trail/logs); without it the one
           the house gives today is believed
The house is asked where the leaf stands; signature and proof are checked by this command itself.
Exit code 0: the leaf is in the log. 1: it is not (yet), and the sentence says what that means.
`,
  async run([name, ...more], flags, globals) {
    onlyThese(flags, ['key'])
    if (name === undefined || more.length > 0)
      throw new RangeError('this takes one argument: FILE, or - for standard input')
    const receipt = findReceipt(await read(name))
    if (receipt === undefined) throw new CliError(`${name} holds no receipt`)
    const client = clientOf(connectionFor(globals))
    const json = { receipt }
    const answer = await client.call<Checked>('POST', '/v1/trail/receipts/check', { json })
    provenHere(receipt, answer, flags.get('key'))
    printAnswer(answer, { json: globals.json, out: process.stdout })
    return answer.state === 'included' ? 0 : 1
  },
}

/** Believes nothing the house says that can be checked here. @throws {CliError} */
function provenHere(receipt: string, { state, verifierKey, proof }: Checked, key?: string): void {
  try {
    const verifier = noteVerifier(key ?? verifierKey)
    const { leaf } = openReceipt(receipt, verifier)
    if (state === 'included') openProof(proof ?? '', leaf, verifier)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new CliError(`NOT proven: ${error.message}`)
  }
}

async function read(name: string): Promise<string> {
  try {
    return name === '-' ? await text(process.stdin) : readFileSync(name, 'utf8')
  } catch (error) {
    throw new CliError(`${name} cannot be read: ${(error as NodeJS.ErrnoException).code}`)
  }
}
