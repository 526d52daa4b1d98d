import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { certificatesIn, checkStamp } from './timestamp.ts'

/** OpenSSL makes and stamps; nothing of ours does. */
const opensslVersion = (() => {
  try {
    return execFileSync('openssl', ['version'], { encoding: 'utf8' })
  } catch {
    return undefined
  }
})()

const config = `
[req]
distinguished_name = dn
[dn]
[ca]
basicConstraints = critical, CA:true
[tsa]
basicConstraints = critical, CA:false
extendedKeyUsage = critical, timeStamping
[web]
extendedKeyUsage = serverAuth
[tsaconf]
serial = serial
crypto_device = builtin
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1
tsa_name = no
ess_cert_id_alg = sha256
`

describe(
  'time stamps that OpenSSL made',
  { skip: opensslVersion === undefined && 'there is no openssl' },
  () => {
    const scratch = mkdtempSync(join(tmpdir(), 'holdfast-tsa-'))
    const openssl = (...args: readonly string[]) =>
      execFileSync('openssl', args, { cwd: scratch, stdio: 'pipe', timeout: 30_000 })
    const stamped = Buffer.from(
      'example.com/log/root\n7\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n',
    )
    const kinds = {
      rsa: ['rsa:2048'],
      ec: ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'],
      ec384: ['ec', '-pkeyopt', 'ec_paramgen_curve:secp384r1'],
    }
    let roots: Uint8Array[] = []

    before(() => {
      writeFileSync(join(scratch, 'tsa.cnf'), config)
      writeFileSync(join(scratch, 'data'), stamped)
      writeFileSync(join(scratch, 'serial'), '01\n')
      openssl(
        'req',
        '-x509',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-keyout',
        'ca.key',
        '-out',
        'ca.pem',
        '-subj',
        '/CN=Example Root',
        '-days',
        '30',
        '-config',
        'tsa.cnf',
        '-extensions',
        'ca',
      )
      for (const [name, kind] of Object.entries(kinds)) issue(name, kind, 'tsa')
      roots = certificatesIn(readFileSync(join(scratch, 'ca.pem'), 'utf8'))
    })
    after(() => rmSync(scratch, { recursive: true }))

    function issue(name: string, kind: readonly string[], extension: string): void {
      openssl(
        'req',
        '-newkey',
        ...kind,
        '-nodes',
        '-keyout',
        `${name}.key`,
        '-out',
        `${name}.csr`,
        '-subj',
        `/O=Example/CN=Example TSA ${name}`,
        '-config',
        'tsa.cnf',
      )
      openssl(
        'x509',
        '-req',
        '-in',
        `${name}.csr`,
        '-CA',
        'ca.pem',
        '-CAkey',
        'ca.key',
        '-CAcreateserial',
        '-days',
        '20',
        '-out',
        `${name}.pem`,
        '-extfile',
        'tsa.cnf',
        '-extensions',
        extension,
      )
    }

    function stamp(name: string, digest = 'sha256', tokenOnly = false): Buffer {
      openssl('ts', '-query', '-data', 'data', `-${digest}`, '-cert', '-out', 'query.tsq')
      openssl(
        'ts',
        '-reply',
        '-config',
        'tsa.cnf',
        '-section',
        'tsaconf',
        '-queryfile',
        'query.tsq',
        '-signer',
        `${name}.pem`,
        '-inkey',
        `${name}.key`,
        '-chain',
        'ca.pem',
        '-out',
        'reply.tsr',
        ...(tokenOnly ? ['-token_out'] : []),
      )
      return readFileSync(join(scratch, 'reply.tsr'))
    }

    test('RSA and ECDSA authorities are believed under their root, whole response or bare token', async () => {
      for (const [name, digest, bare] of [
        ['rsa', 'sha256', false],
        ['ec', 'sha512', true],
        ['ec384', 'sha384', false],
      ] as const) {
        const found = await checkStamp(stamp(name, digest, bare), stamped, roots)
        deepEqual([found.verdict, found.trusted, found.because], ['good', true, undefined], name)
        equal(found.authority, `Example TSA ${name}`)
        ok(Math.abs(found.at - Date.now()) < 120_000)
      }
    })

    test('without its root a stamp is good in itself and not trusted; over other bytes it is bad', async () => {
      const token = stamp('rsa')
      const alone = await checkStamp(token, stamped)
      deepEqual([alone.verdict, alone.trusted], ['good', false])
      const other = await checkStamp(token, Buffer.from('something else'), roots)
      equal(other.verdict, 'bad')
      match(other.because!, /stamps something else/)
      issue('stranger', kinds.ec, 'tsa')
      const strangers = certificatesIn(readFileSync(join(scratch, 'stranger.pem'), 'utf8'))
      equal((await checkStamp(token, stamped, strangers)).trusted, false)
    })

    test('no byte of what is signed in a token can change and leave it trusted', async () => {
      const token = stamp('ec')
      for (let at = 0; at < token.length; at += 3) {
        const changed = Buffer.from(token)
        changed[at]! ^= 0x10
        const found = await checkStamp(changed, stamped, roots).catch((error: unknown) => {
          if (error instanceof RangeError) return undefined
          throw error
        })
        if (found?.verdict !== 'good' || !found.trusted) continue
        // Outside of what is signed lie the status, versions and the root that came along.
        const good = await checkStamp(token, stamped, roots)
        deepEqual(found, good, `byte ${at}`)
      }
    })

    test('what is no token is refused', async () => {
      await rejects(checkStamp(Buffer.from('nothing'), stamped), RangeError)
      await rejects(checkStamp(new Uint8Array(), stamped), RangeError)
      await rejects(checkStamp(stamp('rsa').subarray(0, 500), stamped), RangeError)
    })
  },
)
