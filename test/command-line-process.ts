import http from 'node:http'
import https from 'node:https'
import { Readable } from 'node:stream'
import { run } from '../cli/run.ts'
import type { Printed, Typed } from './command-line.ts'

/** The process behind `holdfast` of `command-line.ts`: one command line at a time. */

const streams = { out: process.stdout, error: process.stderr }
const kept = new Set(['NODE_COMPILE_CACHE'])

process.on('disconnect', () => process.exit())
process.on('message', (typed: Typed) => {
  void printedBy(typed).then((printed) => process.send!(printed))
})

async function printedBy({ args, env, cwd, input }: Typed): Promise<Printed> {
  for (const name of Object.keys(process.env)) if (!kept.has(name)) delete process.env[name]
  Object.assign(process.env, env)
  process.chdir(cwd ?? import.meta.dirname)
  Object.defineProperty(process, 'stdin', {
    value: Readable.from(input === undefined ? [] : [Buffer.from(input)]),
    configurable: true,
  })
  const pieces = { out: [] as Buffer[], error: [] as Buffer[] }
  for (const name of ['out', 'error'] as const) {
    streams[name].write = (chunk: string | Uint8Array, ...rest: unknown[]) => {
      pieces[name].push(Buffer.from(chunk as Uint8Array))
      const done = rest.at(-1)
      if (typeof done === 'function') process.nextTick(done)
      return true
    }
  }
  const told = (name: 'out' | 'error') => Buffer.concat(pieces[name]).toString()
  try {
    const code = await run(args)
    return { code, out: told('out'), error: told('error') }
  } catch (error) {
    return { code: 1, out: told('out'), error: `${told('error')}${String(error)}` }
  } finally {
    // A command's own process would end now, and its connections with it.
    for (const agent of [http.globalAgent, https.globalAgent]) agent.destroy()
  }
}
