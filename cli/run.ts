import { createReadStream } from 'node:fs'
import { routes } from '../src/rooms.ts'
import { refusalOf } from './client.ts'
import { type Command, commandsFrom, valueOf, written } from './command.ts'
import { type Answered, ask, CliError, connectionFor, textOf } from './connect.ts'
import { commandPage, helpPage, roomPage } from './help.ts'
import { printAnswer } from './print.ts'
import { type Globals, verbs } from './verbs.ts'

/** Runs one command line. Resolves with the exit code: 0 done, 1 refused or failed, 2 not understood. */
export async function run(argv: readonly string[]): Promise<number> {
  try {
    return await dispatch(argv)
  } catch (error) {
    if (error instanceof CliError || error instanceof RangeError) {
      process.stderr.write(`holdfast: ${error.message}\n`)
      return error instanceof RangeError ? 2 : 1
    }
    const sentence = ofFile(error)
    if (sentence === undefined) throw error
    process.stderr.write(`holdfast: ${sentence}\n`)
    return 1
  }
}

const fileProblems: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or directory',
  ENOTDIR: 'a part of this path is no directory',
  EISDIR: 'this is a directory',
  EEXIST: 'this is there already',
  EACCES: 'this user may not',
  EPERM: 'this user may not',
  EROFS: 'nothing can be written there',
  ENOSPC: 'no room is left there',
}

/** What hinders a file that was named on the command line; undefined where the error is of something else. */
function ofFile(error: unknown): string | undefined {
  const { code, path } = error as NodeJS.ErrnoException
  const problem = code === undefined ? undefined : fileProblems[code]
  return problem === undefined || path === undefined ? undefined : `${path}: ${problem}`
}

async function dispatch(argv: readonly string[]): Promise<number> {
  const { words, flags } = parse(argv)
  const globals: Globals = {
    url: flags.get('url'),
    tokenFile: flags.get('token-file'),
    json: flags.has('json'),
    env: process.env,
    cwd: process.cwd(),
  }
  for (const name of ['url', 'token-file', 'json']) flags.delete(name)
  const commands = commandsFrom(routes)
  const wantsHelp = flags.delete('help') || words[0] === 'help'
  if (words[0] === 'help') words.shift()
  if (words.length === 0) {
    process.stdout.write(helpPage(verbs, commands))
    return 0
  }
  const verb = longest(verbs, words)
  if (verb !== undefined) {
    if (wantsHelp) {
      process.stdout.write(
        `${verb.about}\n\n${`usage: holdfast ${verb.words} ${verb.usage}`.trimEnd()}\n${verb.more ?? ''}`,
      )
      return 0
    }
    return verb.run(words.slice(verb.words.split(' ').length), flags, globals)
  }
  const command = longest(commands, words)
  if (command === undefined) {
    const page = words.length === 1 ? roomPage(words[0]!, commands) : undefined
    if (page === undefined)
      throw new RangeError(`there is no \`${words.join(' ')}\`; see holdfast --help`)
    process.stdout.write(page)
    return 0
  }
  if (wantsHelp) {
    process.stdout.write(commandPage(command))
    return 0
  }
  return call(command, words.slice(command.words.split(' ').length), flags, globals)
}

/** The entry whose words are the longest beginning of what was typed. */
function longest<T extends { readonly words: string }>(
  entries: readonly T[],
  typed: readonly string[],
) {
  return entries
    .filter(({ words }) => `${typed.join(' ')} `.startsWith(`${words} `))
    .reduce<T | undefined>(
      (best, e) => (best && best.words.length >= e.words.length ? best : e),
      undefined,
    )
}

const bare = new Set(['json', 'help'])

function parse(argv: readonly string[]) {
  const words: string[] = []
  const flags = new Map<string, string>()
  for (let i = 0; i < argv.length; i += 1) {
    const arg = argv[i]!
    if (!arg.startsWith('--')) words.push(arg)
    else {
      const [name, inline] = split(arg.slice(2))
      if (bare.has(name)) flags.set(name, 'yes')
      else if (inline !== undefined) flags.set(name, inline)
      else {
        const next = argv[i + 1]
        // A flag that is followed by nothing or by another flag is a yes.
        if (next === undefined || next.startsWith('--')) flags.set(name, 'yes')
        else {
          flags.set(name, next)
          i += 1
        }
      }
    }
  }
  return { words, flags }
}

function split(arg: string): [string, string | undefined] {
  const at = arg.indexOf('=')
  return at === -1 ? [arg, undefined] : [arg.slice(0, at), arg.slice(at + 1)]
}

async function call(
  command: Command,
  args: readonly string[],
  flags: Map<string, string>,
  globals: Globals,
): Promise<number> {
  const { route, positions } = command
  if (args.length !== positions.length)
    throw new RangeError(
      `this takes ${positions.length || 'no'} arguments: ${positions.map((p) => `<${p}>`).join(' ')}`,
    )
  const query = new URLSearchParams()
  const body: Record<string, unknown> = {}
  const headers: Record<string, string> = {}
  const file = flags.get('file')
  flags.delete('file')
  for (const [name, text] of flags) {
    const flag = command.flags.find((known) => known.name === name)
    if (flag === undefined)
      throw new RangeError(`there is no --${name} here; see holdfast ${command.words} --help`)
    const value = valueFor(flag, text)
    if (flag.where === 'query') query.set(flag.property, String(value))
    else if (flag.where === 'header') headers[flag.property] = String(value)
    else body[flag.property] = value
  }
  const missing = command.flags.filter(({ required, name }) => required && !flags.has(name))
  if (missing.length > 0)
    throw new RangeError(
      `still wanted: ${missing.map((flag) => `--${flag.name} ${written(flag)}`).join(', ')}`,
    )
  const path = positions.reduce(
    (url, name, i) => url.replace(`:${name}`, encodeURIComponent(args[i]!)),
    route.url,
  )
  const streams = 'streams' in route ? route.streams : undefined
  const content =
    streams !== undefined
      ? streamOf(file, streams)
      : route.body === undefined
        ? undefined
        : { type: 'application/json', body: JSON.stringify(body) }
  const answer = await ask(connectionFor(globals), {
    method: route.method,
    path: query.size === 0 ? path : `${path}?${query.toString()}`,
    headers: { ...headers, ...(content === undefined ? {} : { 'content-type': content.type }) },
    ...(content === undefined ? {} : { body: content.body }),
  })
  return show(answer, globals)
}

function valueFor(flag: Command['flags'][number], text: string): unknown {
  try {
    return valueOf(flag, text)
  } catch (error) {
    throw new RangeError(`--${flag.name}: ${(error as Error).message}`)
  }
}

function streamOf(file: string | undefined, types: readonly string[]) {
  if (file === undefined) throw new RangeError('still wanted: --file FILE (- for standard input)')
  const ndjson = /\.(?:nd)?jsonl?$/i.test(file)
  const type = types.find((t) => t.includes(ndjson ? 'ndjson' : 'csv')) ?? types[0]!
  return { type, body: file === '-' ? process.stdin : createReadStream(file) }
}

/** Prints what came: JSON as JSON or table, anything else as it is, a refusal as a sentence. */
export async function show(answer: Answered, { json }: Globals): Promise<number> {
  const type = String(answer.headers['content-type'] ?? '')
  if (answer.status >= 400) {
    const refusal = refusalOf(await textOf(answer.stream))
    process.stderr.write(
      json ? `${JSON.stringify(refusal)}\n` : `refused: ${refusal.message} (${refusal.code})\n`,
    )
    return 1
  }
  if (type.startsWith('application/json')) {
    printAnswer(JSON.parse(await textOf(answer.stream)), { json, out: process.stdout })
    return 0
  }
  for await (const piece of answer.stream)
    if (!process.stdout.write(piece as Buffer))
      await new Promise((go) => process.stdout.once('drain', go))
  return 0
}
