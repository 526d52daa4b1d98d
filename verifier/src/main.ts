/** The command line. Node only; a browser that loads this file runs none of it. */
import { parseCheckpoint } from './checkpoint.ts'
import { fromBase64, toBase64 } from './bytes.ts'
import { leafHash } from './merkle.ts'
import { parseNote, parseVerifierKey, type VerifierKey } from './note.ts'
import { parsePolicy } from './policy.ts'
import { followProof } from './proof.ts'
import { checkReceipt, parseReceipt } from './receipt.ts'
import type { Mark, Outcome, Report } from './report.ts'
import { checkNote, signatureName } from './signatures.ts'
import { fetchGet, folderSource, type Source, tlsGet, urlSource, zipFileSource } from './source.ts'
import { certificatesIn } from './timestamp.ts'
import { verifyLog } from './verify.ts'

const usage = `holdfast-verify: proves what a transparency log shows, with nothing but this file.

usage: node holdfast-verify.mjs <folder | pack.zip | https://…/log/<name>/> [options]
       node holdfast-verify.mjs receipt check <file> --key KEY [--proof FILE]
       node holdfast-verify.mjs proof <file.tlog-proof> --entry FILE | --leaf BASE64 --key KEY
       node holdfast-verify.mjs note <file> --key KEY

  --key KEY         verifier key of the log, from elsewhere than the pack; may stand several times
  --policy FILE     C2SP tlog-policy: logs and witnesses you trust
  --earlier FILE    a signed checkpoint you kept; may stand several times
  --receipt FILE    a receipt to hold against the log; may stand several times
  --tsa-root FILE   PEM certificates of time-stamping authorities you trust
  --copy PLACE      a copy the operator cannot change: folder, zip or address
  --token-file FILE bearer credential for an address (or HOLDFAST_TOKEN_FILE, HOLDFAST_TOKEN)
  --ca-file FILE    certificate authority of an address (or HOLDFAST_CA_FILE)
  --json            the report as JSON

exit code: 0 proven · 1 refuted: something is wrong · 2 not understood
           3 incomplete: nothing is wrong, and something could not be checked (no key given, no answer)
`

const exitCodes: Readonly<Record<Outcome, number>> = { proven: 0, refuted: 1, incomplete: 3 }
const several = new Set(['key', 'earlier', 'receipt', 'tsa-root'])
const single = new Set(['policy', 'copy', 'token-file', 'ca-file', 'proof', 'entry', 'leaf'])

interface Words {
  readonly places: readonly string[]
  readonly json: boolean
  all(name: string): readonly string[]
  one(name: string): string | undefined
}

/** Runs one command line. @returns the exit code. */
export async function main(
  argv: readonly string[],
  env: Record<string, string | undefined>,
): Promise<number> {
  try {
    if (argv.length === 0 || argv.includes('--help')) {
      process.stdout.write(usage)
      return argv.length === 0 ? 2 : 0
    }
    const words = parseWords(argv)
    const [first, second] = words.places
    if (first === 'receipt' && second === 'check') return await checkReceiptFile(words)
    if (first === 'proof') return await checkProofFile(words)
    if (first === 'note') return await checkNoteFile(words)
    return await verifyPlace(words, env)
  } catch (error) {
    process.stderr.write(`holdfast-verify: ${(error as Error).message}\n`)
    return error instanceof RangeError ? 2 : 3
  }
}

function parseWords(argv: readonly string[]): Words {
  const places: string[] = []
  const named = new Map<string, string[]>()
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i]!
    if (!word.startsWith('--')) {
      places.push(word)
      continue
    }
    const [, name = '', inline] = /^--([a-z-]+)(?:=(.*))?$/s.exec(word) ?? []
    if (name === 'json') named.set(name, [])
    else if (several.has(name) || single.has(name)) {
      const value = inline ?? argv[++i]
      if (value === undefined) throw new RangeError(`--${name} wants a value`)
      const values = [...(named.get(name) ?? []), value]
      if (values.length > 1 && single.has(name)) throw new RangeError(`--${name} stands twice`)
      named.set(name, values)
    } else throw new RangeError(`there is no ${word}; see --help`)
  }
  return {
    places,
    json: named.has('json'),
    all: (name) => named.get(name) ?? [],
    one: (name) => named.get(name)?.[0],
  }
}

async function verifyPlace(words: Words, env: Record<string, string | undefined>): Promise<number> {
  const [place, ...more] = words.places
  if (place === undefined || more.length > 0)
    throw new RangeError('name one folder, zip or address')
  const source = await sourceOf(place, words, env)
  const copy =
    words.one('copy') === undefined ? undefined : await sourceOf(words.one('copy')!, words, env)
  const policy = words.one('policy')
  const pems = await Promise.all(words.all('tsa-root').map(readText))
  const showsProgress = process.stderr.isTTY && !words.json
  const report = await verifyLog(source, {
    keys: words.all('key').map(parseVerifierKey),
    ...(policy === undefined ? {} : { policy: parsePolicy(await readText(policy)) }),
    earlier: await Promise.all(words.all('earlier').map(readText)),
    receipts: (await Promise.all(words.all('receipt').map(readText))).map(parseReceipt),
    tsaRoots: pems.flatMap(certificatesIn),
    ...(copy === undefined ? {} : { copy }),
    onProgress: (checked, of) => {
      if (showsProgress)
        process.stderr.write(`\r${checked.toLocaleString('en')} of ${of.toLocaleString('en')}`)
    },
  })
  if (showsProgress) process.stderr.write('\r\u001b[K')
  await source.close()
  await copy?.close()
  process.stdout.write(words.json ? `${JSON.stringify(report, null, 2)}\n` : formatReport(report))
  return exitCodes[report.outcome]
}

const marks: Readonly<Record<Mark, string>> = {
  proven: 'proven   ',
  refuted: 'WRONG    ',
  unchecked: 'unchecked',
  told: 'told     ',
}

const headlines: Readonly<Record<Outcome, string>> = {
  proven: 'PROVEN: nothing is missing, changed or in another place.',
  refuted: 'NOT SOUND: something here is wrong.',
  incomplete: 'INCOMPLETE: nothing here is wrong, and not everything could be proven.',
}

export function formatReport({ source, origin, outcome, lines }: Report): string {
  const each = lines.map(
    ({ mark, topic, text }) => `  ${marks[mark]}  ${topic.padEnd(11)}  ${text}\n`,
  )
  return `${origin ?? source}\n${each.join('')}${headlines[outcome]}\n`
}

async function sourceOf(
  place: string,
  words: Words,
  env: Record<string, string | undefined>,
): Promise<Source> {
  if (/^https?:\/\//.test(place)) return addressSource(place, words, env)
  const { stat } = await import('node:fs/promises')
  const found = await stat(place).catch(() => {
    throw new RangeError(`there is no ${place}`)
  })
  return found.isDirectory() ? folderSource(place) : zipFileSource(place)
}

/** A credential travels only under TLS, or to this very host. */
async function addressSource(
  place: string,
  words: Words,
  env: Record<string, string | undefined>,
): Promise<Source> {
  const url = new URL(place)
  if (url.username !== '' || url.password !== '')
    throw new RangeError('no credential may stand in an address')
  const tokenFile = words.one('token-file') ?? env['HOLDFAST_TOKEN_FILE']
  const token = tokenFile === undefined ? env['HOLDFAST_TOKEN'] : (await readText(tokenFile)).trim()
  const isLocal = /^(?:localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname)
  if (token !== undefined && url.protocol !== 'https:' && !isLocal) {
    throw new RangeError('a credential is sent over https only')
  }
  const headers: Record<string, string> =
    token === undefined ? {} : { authorization: `Bearer ${token}` }
  const caFile = words.one('ca-file') ?? env['HOLDFAST_CA_FILE']
  const get =
    caFile === undefined ? fetchGet(headers) : await tlsGet(headers, await readText(caFile))
  return urlSource(place.replace(/checkpoint$/, ''), get)
}

async function checkReceiptFile(words: Words): Promise<number> {
  const [, , file, ...more] = words.places
  if (file === undefined || more.length > 0)
    throw new RangeError('name one file that holds a receipt')
  const receipt = parseReceipt(await readText(file))
  const keys = keysOf(words)
  const verdict = await checkReceipt(receipt, keys)
  const proofFile = words.one('proof')
  const say = teller(words)
  if (verdict === 'bad') return say(1, `NOT proven: the log has not signed this receipt.`)
  if (verdict === 'unchecked')
    return say(3, `The receipt is of ${receipt.origin}, under a key that was not given.`)
  const promise = `${receipt.origin} has promised entry ${receipt.entryId} by ${new Date(receipt.at + receipt.delaySeconds * 1000).toISOString()}`
  if (proofFile === undefined)
    return say(3, `${promise}; give --proof FILE, or hold it against the whole log with --receipt.`)
  const problem = await proofProblem(await readText(proofFile), receipt.leaf, keys)
  return typeof problem === 'string'
    ? say(1, `NOT proven: ${problem}.`)
    : say(
        0,
        `PROVEN: ${promise}, and it stands there as entry ${problem.index} of ${problem.size}.`,
      )
}

async function checkProofFile(words: Words): Promise<number> {
  const [, file, ...more] = words.places
  if (file === undefined || more.length > 0) throw new RangeError('name one .tlog-proof file')
  const { readFile } = await import('node:fs/promises')
  const entry = words.one('entry')
  const leaf =
    entry === undefined ? fromBase64(words.one('leaf') ?? '') : leafHash(await readFile(entry))
  if (leaf?.length !== 32)
    throw new RangeError('give --entry FILE, or --leaf with the leaf hash in base64')
  const problem = await proofProblem(await readText(file), leaf, keysOf(words))
  const say = teller(words)
  return typeof problem === 'string'
    ? say(1, `NOT proven: ${problem}.`)
    : say(0, `PROVEN: it is entry ${problem.index} of ${problem.size} in ${problem.origin}.`)
}

/** What is wrong with a proof, or where it leads. */
async function proofProblem(text: string, leaf: Uint8Array, keys: readonly VerifierKey[]) {
  try {
    const { index, note, checkpoint } = followProof(text, leaf)
    const own = keys.filter(({ name }) => name === checkpoint.origin)
    const verdicts = (await checkNote(note, own)).map(({ verdict }) => verdict)
    if (verdicts.includes('bad')) return 'the checkpoint’s signature does not hold'
    if (!verdicts.includes('good')) return 'the checkpoint is signed by no key that was given'
    return { index, size: checkpoint.size, origin: checkpoint.origin }
  } catch (error) {
    if (error instanceof RangeError) return error.message
    throw error
  }
}

async function checkNoteFile(words: Words): Promise<number> {
  const [, file, ...more] = words.places
  if (file === undefined || more.length > 0)
    throw new RangeError('name one file that holds a signed note')
  const note = parseNote(await readText(file))
  const vouchers = await checkNote(note, keysOf(words))
  const say = teller(words)
  const bad = vouchers.find(({ verdict }) => verdict === 'bad')
  if (bad !== undefined)
    return say(1, `NOT proven: the signature of ${bad.key.name} does not hold.`)
  const good = vouchers.filter(({ verdict }) => verdict === 'good')
  if (good.length === 0)
    return say(3, 'No key that was given has signed this note in a way that could be checked.')
  const names = good.map(({ key }) => `${key.name} (${signatureName(key.type)})`)
  return say(0, `PROVEN: signed by ${names.join(', ')}.${treeIn(note.text)}`)
}

function treeIn(text: string): string {
  try {
    const { size, root } = parseCheckpoint(text)
    return ` It is a checkpoint of ${size} entries, root ${toBase64(root)}.`
  } catch {
    return ''
  }
}

function keysOf(words: Words): VerifierKey[] {
  const keys = words.all('key').map(parseVerifierKey)
  if (keys.length === 0) throw new RangeError('give --key with the log’s verifier key')
  return keys
}

function teller({ json }: Words) {
  return (code: number, text: string): number => {
    const outcome = Object.entries(exitCodes).find(([, exit]) => exit === code)![0]
    process.stdout.write(json ? `${JSON.stringify({ outcome, text })}\n` : `${text}\n`)
    return code
  }
}

async function readText(file: string): Promise<string> {
  const { readFile } = await import('node:fs/promises')
  const bytes = await readFile(file).catch((error: { code?: string }) => {
    throw new RangeError(`${file} cannot be read: ${error.code}`)
  })
  return bytes.toString('utf8')
}
