import { doesNotThrow, equal, match, notEqual, ok, rejects, throws } from 'node:assert/strict'
import { test } from 'node:test'
import { currentParameters, hashPassword, passwordFits } from './password-hash.ts'
import { contextWords, demandStrongPassword, shortest } from './password.ts'

const context = ['holdfast', 'Example Processing GmbH', 'Nadia Okonkwo', 'nadia@customer.example']
const reasonOf = (password: string, fewest?: number) => {
  try {
    demandStrongPassword(password, context, fewest)
    return 'accepted'
  } catch (error) {
    const { code, facts } = error as { code: string; facts: { reason: string } }
    equal(code, 'identity.password-weak')
    return facts.reason
  }
}

test('each weakness is refused with its reason', () => {
  equal(reasonOf('Xk7!pq2&Rw9'), 'too-short')
  equal(reasonOf('Q1w2e3r4t5y6'), 'common')
  equal(reasonOf('Okonkwo-tram-velvet-89'), 'context-word')
  equal(reasonOf('my HoldFast velvet lamp'), 'context-word')
  equal(reasonOf('processing velvet tram 7'), 'context-word')
  equal(reasonOf('aaaaaaaaaaaaaaaaaaaa'), 'guessable')
  equal(reasonOf('Password123456'), 'guessable')
  equal(reasonOf('qwertyuiopasdfgh'), 'guessable')
  equal(reasonOf(`${'tram velvet 7 '.repeat(20)}x`), 'too-long')
})

test('long passphrases pass without digits, capitals or signs: there are no composition rules', () => {
  equal(reasonOf('velvet tram harvest ninety'), 'accepted')
  equal(reasonOf('zaunkönig über wiesengrund'), 'accepted')
})

test('twelve characters pass beside a second factor, and fifteen are wanted alone', () => {
  equal(reasonOf('vK3#tram!Lw8'), 'accepted')
  equal(reasonOf('vK3#tram!Lw8', shortest.alone), 'too-short')
})

test('characters are counted, not code units, and form C is what counts', () => {
  equal(reasonOf('🦊🦉🦚🦜🐝🐳'), 'too-short')
  equal(reasonOf('e\u0301'.repeat(6) + 'Xk7!p'), 'too-short')
})

test('short words of a name are no context: Al may use "al" in a password', () => {
  throws(() => demandStrongPassword('velvet al tram', ['velvet']), {
    code: 'identity.password-weak',
  })
  doesNotThrow(() => demandStrongPassword('velvet al tram ninety', ['Al Yu']))
  equal(contextWords(['Al Yu', 'al.yu@example.org']).join(' '), 'example')
})

test('a longest password is judged within a second', () => {
  const password = Array.from({ length: 256 }, (_, i) =>
    String.fromCharCode(97 + ((i * 7) % 26)),
  ).join('')
  const from = process.hrtime.bigint()
  reasonOf(password)
  ok(Number(process.hrtime.bigint() - from) < 1e9)
})

test('a hash is argon2id in PHC form, salted, and fits only its password in either Unicode form', async () => {
  const hash = await hashPassword('caf\u00e9 velvet tram')
  match(hash, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
  ok(hash.startsWith(currentParameters))
  notEqual(hash, await hashPassword('caf\u00e9 velvet tram'))
  equal(await passwordFits('cafe\u0301 velvet tram', hash), true)
  equal(await passwordFits('cafe velvet tram', hash), false)
  equal(await passwordFits('anything', undefined), false)
  await rejects(passwordFits('anything', '$2b$10$abc'), TypeError)
})

test('a hash of RFC 9106 parameters other than ours still fits', async () => {
  // node:crypto argon2id, m=64 KiB, t=3, p=4, message "password", nonce "somesalt".
  const { argon2Sync } = await import('node:crypto')
  const nonce = Buffer.from('somesalt')
  const tag = argon2Sync('argon2id', {
    message: 'password',
    nonce,
    memory: 64,
    passes: 3,
    parallelism: 4,
    tagLength: 32,
  })
  const bare = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')
  const hash = `$argon2id$v=19$m=64,t=3,p=4$${bare(nonce)}$${bare(Buffer.from(tag))}`
  equal(await passwordFits('password', hash), true)
  equal(await passwordFits('passwore', hash), false)
})
