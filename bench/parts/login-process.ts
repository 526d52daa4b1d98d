import { once } from 'node:events'
import { request } from 'node:https'

/** What a process of people who sign in is to do, until it is told to stop. */
export interface LoginOrder {
  readonly port: number
  readonly ca: string
  /** One for each who signs in, again and again; the address they come from is another each time. */
  readonly emails: readonly string[]
  readonly password: string
}

export interface LoginResult {
  readonly done: number
  readonly seconds: number
  /** Answers that were no session, by status and code. */
  readonly refused: Readonly<Record<string, number>>
}

/** Loopback addresses: the gate lets each sign in forty times at once, and once a second. */
const addresses = 240

const [order] = (await once(process, 'message')) as [LoginOrder]
const stop = new AbortController()
let turn = 0
let done = 0
const refused: Record<string, number> = {}
const from = performance.now()
process.once('message', () => stop.abort())
await Promise.all(
  order.emails.map(async (email) => {
    while (!stop.signal.aborted) {
      const answer = await signIn(email)
      if (answer === '200') done += 1
      else refused[answer] = (refused[answer] ?? 0) + 1
    }
  }),
)
const result: LoginResult = { done, seconds: (performance.now() - from) / 1000, refused }
process.send!(result)

/** One sign-in as a browser begins it: a connection of its own, e-mail and password. */
function signIn(email: string): Promise<string> {
  const { port, ca, password } = order
  const body = JSON.stringify({ email, password })
  turn = (turn + 1) % addresses
  return new Promise((resolve, reject) => {
    const call = request(
      {
        host: '127.0.0.1',
        servername: 'localhost',
        localAddress: `127.0.1.${turn + 1}`,
        port,
        ca,
        path: '/v1/sessions',
        method: 'POST',
        agent: false,
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
      },
      (answer) => {
        let text = ''
        answer.on('data', (piece: Buffer) => (text += piece.toString()))
        answer.on('end', () => {
          const code = /"code":"([a-z.-]+)"/.exec(text)?.[1]
          resolve(code === undefined ? String(answer.statusCode) : `${answer.statusCode} ${code}`)
        })
      },
    )
    call.on('error', reject)
    call.end(body)
  })
}
