import { readFileSync } from 'node:fs'
import { makeWitness, serveWitness, Witness, WitnessError } from '#trail'
import { CliError } from './connect.ts'
import { needed, onlyThese } from './flags.ts'
import type { Verb } from './verbs.ts'

const teaching = `
A witness keeps one house honest for those whose data it holds. It remembers the newest checkpoint
of the house's root log, and cosigns a newer one only when that continues it. So the house cannot show
you one history and somebody else another, nor rewrite what you have seen.

Run it on a machine of your own; it needs no database, and keeps a few hundred bytes:

  1. holdfast witness init --dir /var/lib/witness --name witness.clinic.example/holdfast
     prints two verifier keys; give one of them (the long one, ML-DSA-44, withstands quantum
     computers) and the address to the house, which adds it:
     holdfast trail witness add --address https://witness.clinic.example --key KEY --held-by Clinic
  2. Ask the house for the verifier key of its root log (GET /v1/trail/logs), best on another way
     than the address, and take the log on:
     holdfast witness add --dir /var/lib/witness --key KEY
  3. holdfast witness --dir /var/lib/witness --port 8444 --host 0.0.0.0 \\
       --tls-cert witness.crt --tls-key witness.key
     A line for each question follows. 200 is a cosignature. 422, and a 409 for one size, mean that
     the house has shown a history that does not continue yours: keep the directory, and ask why.

--dir DIR          keys and state; back up witness.json, and never run two witnesses on one directory
--host ADDRESS     127.0.0.1 unless given
--port PORT        8444 unless given
--tls-cert FILE    certificate chain (PEM); without it the witness speaks plain HTTP, which is enough
--tls-key FILE     behind a proxy of yours: every answer is signed
`

const asCliError = async <T>(deed: () => Promise<T>): Promise<T> => {
  try {
    return await deed()
  } catch (error) {
    const isMendable =
      error instanceof WitnessError || (error as NodeJS.ErrnoException).code !== undefined
    if (isMendable) throw new CliError((error as Error).message)
    throw error
  }
}

const none = (args: readonly string[]) => {
  if (args.length > 0) throw new RangeError(`nobody knows \`${args.join(' ')}\` here`)
}

export const witnessInit: Verb = {
  words: 'witness init',
  usage: '--dir DIR --name NAME',
  about: 'Make a witness: a directory with its keys. See holdfast witness --help.',
  run: (args, flags) =>
    asCliError(async () => {
      none(args)
      onlyThese(flags, ['dir', 'name'])
      const dir = needed(flags, 'dir', 'DIR')
      await makeWitness(dir, needed(flags, 'name', 'NAME'))
      const { mlDsa44, ed25519 } = (await Witness.open(dir)).verifierKeys
      process.stdout.write(`${mlDsa44}\n${ed25519}\n`)
      return 0
    }),
}

export const witnessAdd: Verb = {
  words: 'witness add',
  usage: '--dir DIR --key VERIFIER_KEY',
  about: 'Let a witness take on a log, by the verifier key of its checkpoints.',
  run: (args, flags) =>
    asCliError(async () => {
      none(args)
      onlyThese(flags, ['dir', 'key'])
      const witness = await Witness.open(needed(flags, 'dir', 'DIR'))
      const origin = await witness.addLog(needed(flags, 'key', 'VERIFIER_KEY'))
      process.stdout.write(`${origin} is witnessed from now on; restart the witness if it runs\n`)
      return 0
    }),
}

export const witness: Verb = {
  words: 'witness',
  usage: '--dir DIR [--host ADDRESS] [--port PORT] [--tls-cert FILE --tls-key FILE]',
  about: 'Run a witness of a house’s log, on a machine that is not the house’s.',
  more: teaching,
  run: (args, flags) =>
    asCliError(async () => {
      none(args)
      onlyThese(flags, ['dir', 'host', 'port', 'tls-cert', 'tls-key'])
      const own = await Witness.open(needed(flags, 'dir', 'DIR'))
      const port = Number(flags.get('port') ?? 8444)
      if (!Number.isInteger(port) || port < 0 || port > 65_535)
        throw new RangeError('--port takes a number up to 65535')
      const tls = tlsOf(flags)
      const host = flags.get('host') ?? '127.0.0.1'
      const say = (line: string) => void process.stdout.write(`${line}\n`)
      const listening = await serveWitness(own, {
        host,
        port,
        onAnswer: say,
        ...(tls === undefined ? {} : { tls }),
      })
      say(
        `${own.name} listens on ${tls === undefined ? 'http' : 'https'}://${host}:${listening.port}`,
      )
      for (const { origin, size } of own.logs) say(`  ${origin} at ${size}`)
      if (own.logs.length === 0) say('  no log yet: holdfast witness add')
      await new Promise<void>((resolve) => {
        for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
      })
      await listening.close()
      return 0
    }),
}

function tlsOf(flags: ReadonlyMap<string, string>) {
  const [cert, key] = [flags.get('tls-cert'), flags.get('tls-key')]
  if (cert === undefined && key === undefined) return undefined
  if (cert === undefined || key === undefined)
    throw new RangeError('--tls-cert and --tls-key go together')
  return { cert: readFileSync(cert), key: readFileSync(key) }
}
