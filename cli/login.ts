import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { ask, CliError, connectionFor, sessionFile, textOf } from './connect.ts'
import { refusalOf } from './client.ts'
import { onlyThese } from './flags.ts'
import type { Globals, Verb } from './verbs.ts'

export const login: Verb = {
  words: 'login',
  usage: '[--url https://host:8443]',
  about:
    'Sign in as a person: e-mail, password, code. The session is kept in a file only you can read.',
  async run(_args, flags, globals) {
    onlyThese(flags, [])
    const { url, ca } = target(globals)
    const email = await question('E-mail: ', false)
    const password = await question('Password: ', true)
    const half = await send({ url, ca, path: '/v1/sessions', json: { email, password } })
    const code = await question('Code of your authenticator (or a recovery code): ', false)
    const json = /^\d{6}$/.test(code) ? { totpCode: code } : { recoveryCode: code }
    const whole = await send({ url, ca, path: '/v1/sessions/second-factor', json, cookie: half })
    const file = sessionFile(url, globals.env)
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    writeFileSync(file, `${whole}\n`, { mode: 0o600 })
    process.stdout.write(
      `Signed in at ${url.origin}; use --url ${url.origin} to act as yourself.\n`,
    )
    return 0
  },
}

export const logout: Verb = {
  words: 'logout',
  usage: '[--url https://host:8443]',
  about: 'End the session of holdfast login, there and here.',
  async run(_args, flags, globals) {
    onlyThese(flags, [])
    const { url } = target(globals)
    const connection = connectionFor({ ...globals, url: url.href })
    await ask(connection, { method: 'DELETE', path: '/v1/sessions/current' })
    rmSync(sessionFile(url, globals.env), { force: true })
    process.stdout.write('Signed out.\n')
    return 0
  },
}

function target(globals: Globals): { url: URL; ca: string | undefined } {
  const url =
    globals.url ??
    globals.env['HOLDFAST_URL'] ??
    `https://localhost:${globals.env['HOLDFAST_PORT'] ?? '8443'}`
  // A file that is never read stands in for the session that is only being made.
  const connection = connectionFor({ ...globals, url, tokenFile: '/dev/null' })
  if (connection.kind !== 'tls') throw new CliError('sign in over HTTPS: --url https://…')
  return { url: connection.url, ca: connection.ca }
}

/** Sends one step of signing in; resolves with the session the answer's cookie holds. */
async function send(step: {
  readonly url: URL
  readonly ca: string | undefined
  readonly path: string
  readonly json: unknown
  readonly cookie?: string
}): Promise<string> {
  const { url, ca, path, json, cookie } = step
  const answer = await ask(
    { kind: 'tls', url, ca, headers: {} },
    {
      method: 'POST',
      path,
      headers: {
        'content-type': 'application/json',
        'holdfast-request': '1',
        ...(cookie === undefined ? {} : { cookie: `__Host-holdfast=${cookie}` }),
      },
      body: JSON.stringify(json),
    },
  )
  const text = await textOf(answer.stream)
  if (answer.status >= 400) throw new CliError(refusalOf(text).message)
  const session = [answer.headers['set-cookie']]
    .flat()
    .map((line) => /^__Host-holdfast=([^;]+)/.exec(line ?? '')?.[1])
    .find((value) => value !== undefined)
  if (session === undefined) throw new CliError('the house gave no session')
  return session
}

/** Asks on the terminal; a secret is not echoed and never stands in argv or a history. */
async function question(text: string, secret: boolean): Promise<string> {
  const silent = new Writable({ write: (_piece, _encoding, done) => done() })
  const lines = createInterface({
    input: process.stdin,
    output: secret ? silent : process.stderr,
    terminal: process.stdin.isTTY,
  })
  try {
    if (secret) process.stderr.write(text)
    const answer = await lines.question(secret ? '' : text)
    if (secret) process.stderr.write('\n')
    return answer.trim()
  } finally {
    lines.close()
  }
}
