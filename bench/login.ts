import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { ask } from '../test/callers.ts'
import { codeAt } from '../test/identity-people.ts'
import { type Result, runClients } from './parts/clients.ts'
import { person, withBenchHouse } from './parts/filled-house.ts'
import type { LoginOrder, LoginResult } from './parts/login-process.ts'
import { median, tell } from './parts/report.ts'

// People who sign in as fast as they are let, beside audited reads: a password costs 19 MiB and 30 ms of
// a core (argon2id), so the house hashes on half of its
// cores at most, and rests after each while it is busy.

const people = 2_000
const readers = 32
const signingIn = 16
const seconds = 6
/** Reads alone and reads beside sign-ins by turns: whatever else the machine does meanwhile meets both. */
const rounds = 3
const password = 'velvet tram harvest ninety'

console.log(`sign-ins beside reads: ${signingIn} who sign in, ${readers} who read`)
await withBenchHouse(async ({ supervised, listener, controllerId, headers }) => {
  const subjectIds: string[] = []
  for (let from = 0; from < people; from += 1000) {
    const stored = await ask(listener, `/v1/controllers/${controllerId}/records/batch`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({
        records: Array.from({ length: 1000 }, (_, i) => ({
          subjectKey: `B-${from + i}`,
          category: 'contact',
          fields: person(from + i),
        })),
      }),
    })
    if (stored.status !== 200) throw new Error(stored.body)
    const { items } = JSON.parse(stored.body) as { items: { subjectId: string }[] }
    subjectIds.push(...items.map(({ subjectId }) => subjectId))
  }
  const emails = Array.from({ length: signingIn }, (_, i) => `person.${i}@processor.example`)
  for (const email of emails) await enrol(email)

  async function enrol(email: string): Promise<void> {
    const { link } = await supervised.operator.call<{ link: string }>('POST', '/v1/enrolments', {
      json: { roleNames: ['controller-reader'] },
    })
    const token = link.split('#')[1]!
    const post = async (path: string, json: object) => {
      const answer = await ask(listener, path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(json),
      })
      if (answer.status !== 200) throw new Error(answer.body)
      return JSON.parse(answer.body) as { totp: { secret: string } }
    }
    const { totp } = await post('/v1/enrolments/open', { token })
    const totpCode = codeAt(totp.secret, new Date())
    await post('/v1/enrolments/complete', { token, name: 'Bench', email, password, totpCode })
  }

  const reads = {
    kind: 'https',
    clients: readers,
    subjectIds,
    controllerId,
    ...listener,
    headers,
  } as const
  await runClients({ ...reads, seconds: 10, warmUpSeconds: 0 })
  const alone: Result[] = []
  const beside: (Result & { logins: number })[] = []
  const signedIn: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    alone.push(await runClients({ ...reads, seconds, warmUpSeconds: 1 }))
    const only = await signIns({ ...listener, emails, password })
    await new Promise((go) => setTimeout(go, seconds * 1000))
    signedIn.push(await only.stop())
    const storm = await signIns({ ...listener, emails, password })
    const result = await runClients({ ...reads, seconds, warmUpSeconds: 1 })
    beside.push({ ...result, logins: await storm.stop() })
  }
  const middle = <T>(of: readonly T[], figure: (one: T) => number) => median(of.map(figure))
  const before = middle(alone, (one) => one.perSecond)
  const during = middle(beside, (one) => one.perSecond)
  const told = (of: readonly Result[]) =>
    `p50 ${middle(of, (one) => one.p50).toFixed(1)} ms, p99 ${middle(of, (one) => one.p99).toFixed(1)} ms`
  tell({ what: 'audited reads, alone', ours: before, unit: 'reads/s', note: told(alone) })
  tell({
    what: 'audited reads, while people sign in',
    ours: during,
    unit: 'reads/s',
    aim: (before * 3) / 4,
    note: `${Math.round((during / before) * 100)} %; ${told(beside)}`,
  })
  tell({ what: 'sign-ins, alone', ours: median(signedIn), unit: 'sign-ins/s' })
  tell({
    what: 'sign-ins, beside those reads',
    ours: middle(beside, (one) => one.logins),
    unit: 'sign-ins/s',
  })
})

/** People who sign in until they are told to stop. */
async function signIns(order: LoginOrder): Promise<{ stop(): Promise<number> }> {
  const child: ChildProcess = fork(join(import.meta.dirname, 'parts/login-process.ts'))
  child.send(order)
  return {
    async stop() {
      child.send('stop')
      const [{ done, seconds: took, refused }] = (await once(child, 'message')) as [LoginResult]
      child.disconnect()
      const kinds = Object.entries(refused)
      if (kinds.length > 0)
        console.log(`  refused: ${kinds.map((kind) => kind.join(' ')).join(', ')}`)
      return done / took
    },
  }
}
