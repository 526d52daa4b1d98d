/**
 * Password hashes: Argon2id (RFC 9106) in the PHC string format,
 * `$argon2id$v=19$m=<KiB>,t=<passes>,p=<lanes>$<salt>$<tag>`, salt and tag in base64 without padding.
 */
import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { cores } from '#ground'
import { PasswordTurns } from './password-turns.ts'
import { normalPassword } from './password.ts'

/** OWASP's first choice: 19 MiB, 2 passes, 1 lane; about 30 ms. */
const memoryKib = 19_456
const passes = 2
const lanes = 1
const tagBytes = 32

/** How every current hash begins; what begins otherwise is hashed anew when its owner signs in. */
export const currentParameters = `$argon2id$v=19$m=${memoryKib},t=${passes},p=${lanes}$`

/**
 * At most so many at once: half of the cores, and of the threads Node has for such work. On two cores people
 * who signed in took everybody else's reads to a fifth with two at once, to a half with one, and to seven
 * eighths with a rest after each (`bench/login.ts`).
 */
export const passwordTurns = new PasswordTurns(Math.max(1, Math.min(2, Math.floor(cores / 2))))

const derive = promisify(argon2)
const phc =
  /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/

/** Hashes with a fresh salt and the current parameters. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const tag = await tagOf(password, salt, { memory: memoryKib, passes, parallelism: lanes })
  return `${currentParameters}${bare(salt)}$${bare(tag)}`
}

/**
 * Whether a password belongs to a hash. Without a hash it does the same work and says no, so that an
 * unknown e-mail takes as long as a wrong password.
 *
 * @throws {TypeError} when the stored hash is not of the format.
 */
export async function passwordFits(password: string, hash: string | undefined): Promise<boolean> {
  if (hash === undefined) {
    await hashPassword(password)
    return false
  }
  const [, memory, t, p, salt, tag] = phc.exec(hash) ?? []
  if (salt === undefined || tag === undefined) throw new TypeError('not an argon2id PHC string')
  const wanted = Buffer.from(tag, 'base64')
  const parameters = { memory: Number(memory), passes: Number(t), parallelism: Number(p) }
  const got = await tagOf(password, Buffer.from(salt, 'base64'), parameters, wanted.length)
  return timingSafeEqual(got, wanted)
}

async function tagOf(
  password: string,
  nonce: Buffer,
  parameters: { memory: number; passes: number; parallelism: number },
  tagLength = tagBytes,
): Promise<Buffer> {
  const giveOn = await passwordTurns.take()
  const began = performance.now()
  const busy = performance.eventLoopUtilization()
  try {
    const message = normalPassword(password)
    return Buffer.from(await derive('argon2id', { message, nonce, tagLength, ...parameters }))
  } finally {
    // The busier the house was with others meanwhile, the longer it rests before the next, up to as long again.
    const rest = (performance.now() - began) * performance.eventLoopUtilization(busy).utilization
    setTimeout(giveOn, rest)
  }
}

const bare = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')
