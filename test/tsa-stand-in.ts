import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A timestamp authority made of OpenSSL, on loopback. */
export interface TsaStandIn {
  readonly url: string
  /** Certificates as PEM: of the authority itself, and of the CA above it. */
  readonly certificate: string
  readonly ca: string
  /** `down` answers 503, `hang` never answers, `replay` answers every question as it did the last. */
  state: 'up' | 'down' | 'hang' | 'replay'
  /** What OpenSSL says of a token over data: its output. @throws when it is not good. */
  verify(token: Buffer, data: Buffer): string
  readonly close: () => Promise<void>
}

/** Why there is none here, or false. */
export const noOpenssl: string | false = (() => {
  try {
    return /^OpenSSL [3-9]/.test(execFileSync('openssl', ['version'], { encoding: 'utf8' }))
      ? false
      : 'OpenSSL here is older than 3'
  } catch {
    return 'there is no openssl here'
  }
})()

const config = `
[tsa]
default_tsa = one
[one]
serial = ./serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
ess_cert_id_alg = sha256
ordering = no
tsa_name = no
ess_cert_id_chain = no
[ext]
extendedKeyUsage = critical,timeStamping
`

/** @param kind - of the authority's key. */
export async function openTsaStandIn(kind: 'rsa:2048' | 'ec' = 'rsa:2048'): Promise<TsaStandIn> {
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-tsa-'))
  /** One OpenSSL command; no argument of ours holds a space. */
  const run = (line: string) =>
    execFileSync('openssl', line.split(' '), { cwd: dir, stdio: 'pipe' })
  const read = (file: string) => readFileSync(join(dir, file), 'utf8')
  const ecKey = 'ec -pkeyopt ec_paramgen_curve:P-256'
  const newKey = kind === 'ec' ? ecKey : kind
  writeFileSync(join(dir, 'tsa.cnf'), config)
  writeFileSync(join(dir, 'serial'), '01\n')
  run(`req -x509 -newkey ${ecKey} -nodes -keyout ca.key -out ca.pem -subj /CN=Stand-in-CA -days 2`)
  run(`req -newkey ${newKey} -nodes -keyout tsa.key -out tsa.csr -subj /CN=Stand-in-TSA`)
  run(
    'x509 -req -in tsa.csr -CA ca.pem -CAkey ca.key -out tsa.pem -days 2 -extfile tsa.cnf -extensions ext',
  )
  let last: Buffer | undefined
  const server = createServer((request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('end', () => {
      if (standIn.state === 'hang') return
      if (standIn.state === 'down') {
        response.writeHead(503).end()
        return
      }
      if (standIn.state !== 'replay' || last === undefined) {
        writeFileSync(join(dir, 'q.tsq'), Buffer.concat(pieces))
        run('ts -reply -queryfile q.tsq -inkey tsa.key -signer tsa.pem -config tsa.cnf -out r.tsr')
        last = readFileSync(join(dir, 'r.tsr'))
      }
      response.writeHead(200, { 'content-type': 'application/timestamp-reply' }).end(last)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const standIn: TsaStandIn = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/tsr`,
    certificate: read('tsa.pem'),
    ca: read('ca.pem'),
    state: 'up',
    verify(token, data) {
      writeFileSync(join(dir, 'token'), token)
      writeFileSync(join(dir, 'data'), data)
      const line = 'ts -verify -in token -token_in -data data -CAfile ca.pem -untrusted tsa.pem'
      return run(line).toString()
    },
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      rmSync(dir, { recursive: true })
    },
  }
  return standIn
}
