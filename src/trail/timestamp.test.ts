import { equal, match, ok, throws } from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { test } from 'node:test'
import { noOpenssl, openTsaStandIn } from '../../test/tsa-stand-in.ts'
import { openTimestamp, timestampCertificate, timestampQuery, tokenIn } from './timestamp.ts'

const data = Buffer.from('a checkpoint\n1\nAAAA\n')
const nonce = Buffer.from('4001020304050607', 'hex')

for (const kind of ['rsa:2048', 'ec'] as const) {
  test(
    `a token of an OpenSSL authority with a key of ${kind} holds here, and no bit of it may change`,
    {
      skip: noOpenssl,
    },
    async (t) => {
      const tsa = await openTsaStandIn(kind)
      t.after(() => tsa.close())
      const answer = await fetch(tsa.url, {
        method: 'POST',
        body: new Uint8Array(timestampQuery(data, nonce)),
      })
      const token = tokenIn(Buffer.from(await answer.arrayBuffer()))
      const certificate = timestampCertificate(tsa.certificate)
      const at = openTimestamp(token, data, certificate, nonce)
      ok(Math.abs(at.getTime() - Date.now()) < 10_000)
      // A tool that is not ours says the same.
      match(tsa.verify(token, data), /Verification: OK/)
      equal(openTimestamp(token, data, certificate).getTime(), at.getTime())
      throws(() => openTimestamp(token, Buffer.from('x'), certificate, nonce), /other bytes/)
      const other = Buffer.from('4001020304050608', 'hex')
      throws(() => openTimestamp(token, data, certificate, other), /nonce/)
      const ca = new X509Certificate(tsa.ca)
      throws(() => openTimestamp(token, data, ca, nonce), RangeError)
      throws(() => timestampCertificate(tsa.ca), /not a certificate for timestamping/)
      throws(() => timestampCertificate(`${tsa.certificate}${tsa.ca}`), /not one certificate/)
      const passed = changedTokens(token).filter((copy) => {
        try {
          return openTimestamp(copy, data, certificate, nonce) !== undefined
        } catch (error) {
          if (error instanceof RangeError) return false
          throw error
        }
      })
      // Bits that nothing signs: of the certificate that comes along, versions, and names of the signer.
      const unsigned = passed.filter((copy) => !isUnsigned(copy, token))
      equal(unsigned.length, 0, `${unsigned.length} changed copies passed`)
    },
  )
}

/** Copies with one bit changed in each of every third byte. */
function changedTokens(token: Buffer): Buffer[] {
  return Array.from({ length: Math.ceil(token.length / 3) }, (_, i) => {
    const copy = Buffer.from(token)
    copy[i * 3]! ^= 1 << (i % 8)
    return copy
  })
}

/** Whether content, signed attributes and signature of a copy are still those of the token. */
function isUnsigned(copy: Buffer, token: Buffer): boolean {
  const info = token.indexOf(Buffer.from('060b2a864886f70d0109100104a0', 'hex'))
  const contentEnd = info + 18 + token.readUInt8(info + 14)
  const attributes = token.lastIndexOf(Buffer.from('06092a864886f70d010903', 'hex'))
  const same = (from: number, to: number) =>
    copy.subarray(from, to).equals(token.subarray(from, to))
  return same(info, contentEnd) && same(attributes, attributes + 150)
}
