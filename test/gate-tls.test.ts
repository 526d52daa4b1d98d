import assert from 'node:assert/strict'
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { openCertificates } from '../src/gate/adapters/certificates.ts'
import { renewOnce } from '../src/gate/adapters/renewal.ts'
import { offerRetired, shakeHands, speakPlainly } from '../src/gate/adapters/tls-probe.ts'
import { retiredProtocols } from '../src/gate/client-hello.ts'
import { listenerOptions, tlsOptions } from '../src/gate/tls.ts'

const start = new Date()
const hosts = ['holdfast.example', 'localhost', '127.0.0.1', '::1']
const days = (count: number) => new Date(start.getTime() + count * 86_400_000)

suite('certificates of our own', () => {
  let dataDir = ''
  before(async () => (dataDir = await mkdtemp(join(tmpdir(), 'holdfast-gate-'))))
  after(() => rm(dataDir, { recursive: true }))

  test('the chain verifies, names every host, and only we may read its files', async () => {
    const made = await openCertificates({ dataDir, hosts, now: start })
    const leaf = new X509Certificate(made.cert)
    const authority = new X509Certificate(made.ca)
    assert.ok(leaf.verify(authority.publicKey) && leaf.checkIssued(authority))
    assert.ok(leaf.checkPrivateKey(createPrivateKey(made.key)))
    assert.ok(authority.ca && !leaf.ca && made.own)
    assert.equal(leaf.checkHost('holdfast.example'), 'holdfast.example')
    assert.equal(leaf.checkIP('::1'), '::1')
    assert.equal(leaf.checkHost('elsewhere.example'), undefined)
    assert.equal(Math.round((made.notAfter.getTime() - start.getTime()) / 86_400_000), 90)
    for (const name of ['ca.crt', 'ca.key', 'server.crt', 'server.key']) {
      assert.equal((await stat(join(dataDir, 'tls', name))).mode & 0o777, 0o600, name)
    }
  })

  test('it is kept while 30 days are left, and renewed under the same authority below that', async () => {
    const made = await openCertificates({ dataDir, hosts, now: start })
    const kept = await openCertificates({ dataDir, hosts, now: days(59) })
    assert.equal(kept.cert, made.cert)
    const renewed = await openCertificates({ dataDir, hosts, now: days(61) })
    assert.notEqual(renewed.cert, made.cert)
    assert.equal(renewed.ca, made.ca)
    assert.ok(renewed.notAfter > days(150))
  })

  test('a new host gets a new authority, since the old one may not sign for it', async () => {
    const made = await openCertificates({ dataDir, hosts, now: start })
    const moved = await openCertificates({
      dataDir,
      hosts: ['other.example', ...hosts],
      now: start,
    })
    assert.notEqual(moved.ca, made.ca)
    assert.equal(new X509Certificate(moved.cert).checkHost('other.example'), 'other.example')
  })

  test('half a pair, as a crash may leave it, is replaced and never served', async () => {
    const made = await openCertificates({ dataDir, hosts, now: start })
    await writeFile(join(dataDir, 'tls', 'ca.key'), made.key)
    const mended = await openCertificates({ dataDir, hosts, now: start })
    assert.ok(new X509Certificate(mended.cert).verify(new X509Certificate(mended.ca).publicKey))
    await writeFile(join(dataDir, 'tls', 'server.key'), made.key)
    const again = await openCertificates({ dataDir, hosts, now: start })
    assert.ok(new X509Certificate(again.cert).checkPrivateKey(createPrivateKey(again.key)))
  })
})

suite('certificates given by the operator', () => {
  let dataDir = ''
  let certFile = ''
  let keyFile = ''
  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'holdfast-gate-'))
    await openCertificates({ dataDir, hosts, now: start })
    certFile = join(dataDir, 'tls', 'server.crt')
    keyFile = join(dataDir, 'tls', 'server.key')
  })
  after(() => rm(dataDir, { recursive: true }))
  const open = (given: { certFile?: string; keyFile?: string; now?: Date }) =>
    openCertificates({ dataDir, hosts, now: start, ...given })

  test('a good pair is served as it is', async () => {
    const given = await open({ certFile, keyFile })
    assert.equal(given.own, false)
    assert.equal(given.cert, await readFile(certFile, 'utf8'))
  })
  test('a key of another certificate is refused', async () => {
    const other = join(dataDir, 'tls', 'ca.key')
    await assert.rejects(open({ certFile, keyFile: other }), {
      code: 'gate.certificate-key-mismatch',
    })
  })
  test('an expired or not yet valid certificate is refused', async () => {
    await assert.rejects(open({ certFile, keyFile, now: days(91) }), {
      code: 'gate.certificate-expired',
    })
    await assert.rejects(open({ certFile, keyFile, now: days(-2) }), {
      code: 'gate.certificate-not-yet-valid',
    })
  })
  test('a missing file, a file that is no PEM, or one of the two alone is refused', async () => {
    const code = 'gate.certificate-unreadable'
    await assert.rejects(open({ certFile, keyFile: join(dataDir, 'none') }), { code })
    const junk = join(dataDir, 'junk.pem')
    await writeFile(junk, 'not a certificate')
    await assert.rejects(open({ certFile: junk, keyFile }), { code })
    await assert.rejects(open({ certFile }), { code: 'gate.certificate-incomplete' })
  })
})

suite('a listener with our options', () => {
  let dataDir = ''
  let ca = ''
  const server = createServer({ ...listenerOptions })
  const listener = { host: '127.0.0.1', port: 0, serverName: 'localhost' }
  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'holdfast-gate-'))
    const made = await openCertificates({ dataDir, hosts, now: days(-61) })
    ca = made.ca
    server.setSecureContext(tlsOptions(made))
    server.on('request', (_, answer) => answer.end('plaintext answer'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    listener.port = (server.address() as AddressInfo).port
  })
  after(async () => {
    server.close()
    server.closeAllConnections()
    await rm(dataDir, { recursive: true })
  })

  for (const { name, version } of retiredProtocols) {
    test(`${name} is answered with alert 70, protocol_version`, async () => {
      const answer = await offerRetired(listener, version)
      assert.deepEqual(answer, { kind: 'alert', fatal: true, description: 70 })
    })
  }
  test('plain HTTP gets no answer of HTTP', async () => {
    assert.ok(!(await speakPlainly(listener)).toString('latin1').includes('HTTP/'))
  })
  test('TLS 1.3 succeeds with the post-quantum hybrid group', async () => {
    const { protocol, suite, group, leaf } = await shakeHands(listener, ca)
    assert.deepEqual(
      [protocol, suite, group],
      ['TLSv1.3', 'TLS_AES_256_GCM_SHA384', 'X25519MLKEM768'],
    )
    assert.ok(leaf.verify(new X509Certificate(ca).publicKey))
  })
  test('a renewed certificate is shown to new connections without a restart', async () => {
    const input = { dataDir, hosts }
    const serving = await openCertificates({ ...input, now: days(-61) })
    const before = await shakeHands(listener, ca)
    const clock = () => start
    const renewal = { input, serving, clock, onRenewed: () => {}, onFault: assert.fail }
    const renewed = await renewOnce(server, renewal, serving)
    const shown = await shakeHands(listener, ca)
    assert.notEqual(shown.leaf.fingerprint256, before.leaf.fingerprint256)
    assert.equal(shown.leaf.fingerprint256, new X509Certificate(renewed.cert).fingerprint256)
    assert.equal(await renewOnce(server, renewal, renewed), renewed)
  })
  test('a probe without a listener throws, and so can never be green', async () => {
    await assert.rejects(offerRetired({ ...listener, port: 1 }, 0x0303), { code: 'ECONNREFUSED' })
  })
})

test('the probe sees the difference: a server that takes TLS 1.2 answers with a handshake', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'holdfast-gate-'))
  const made = await openCertificates({ dataDir, hosts, now: start })
  const weak = createServer({ cert: made.cert, key: made.key, minVersion: 'TLSv1.2' })
  await new Promise<void>((resolve) => weak.listen(0, '127.0.0.1', resolve))
  const { port } = weak.address() as AddressInfo
  try {
    const answer = await offerRetired({ host: '127.0.0.1', port, serverName: 'localhost' }, 0x0303)
    assert.equal(answer.kind, 'handshake')
  } finally {
    weak.close()
    weak.closeAllConnections()
    await rm(dataDir, { recursive: true })
  }
})
