import { deepEqual, equal, match, ok, rejects, throws } from 'node:assert/strict'
import { test } from 'node:test'
import { noOpenssl, openTsaStandIn } from '../../../test/tsa-stand-in.ts'
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
      const at = await openTimestamp(token, data, certificate, nonce)
      ok(Math.abs(at.getTime() - Date.now()) < 10_000)
      // A tool that is not ours says the same.
      match(tsa.verify(token, data), /Verification: OK/)
      equal((await openTimestamp(token, data, certificate)).getTime(), at.getTime())
      await rejects(openTimestamp(token, Buffer.from('x'), certificate, nonce), /something else/)
      const other = Buffer.from('4001020304050608', 'hex')
      await rejects(openTimestamp(token, data, certificate, other), /another question/)
      const stranger = await openTsaStandIn('ec')
      t.after(() => stranger.close())
      const other509 = timestampCertificate(stranger.certificate)
      await rejects(openTimestamp(token, data, other509, nonce), /another certificate/)
      throws(() => timestampCertificate(tsa.ca), /not a certificate for timestamping/)
      throws(() => timestampCertificate(`${tsa.certificate}${tsa.ca}`), /not one certificate/)
      const tried = changedTokens(token).map(async (copy) => {
        try {
          return (await openTimestamp(copy, data, certificate, nonce)) && copy
        } catch (error) {
          if (error instanceof RangeError) return undefined
          throw error
        }
      })
      const passed = (await Promise.all(tried)).filter((copy) => copy !== undefined)
      // Bits that nothing signs: of the certificate that comes along, versions, and names of the signer.
      const unsigned = passed.filter((copy) => !isUnsigned(copy, token))
      deepEqual(
        unsigned.map((copy) => copy.findIndex((byte, at) => byte !== token[at])),
        [],
      )
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
  // The TSTInfo from its version and policy to its nonce; what wraps it is signed by nobody.
  const info = token.indexOf(Buffer.from('02010106042a030401', 'hex'))
  const contentEnd = token.indexOf(nonce, info) + nonce.length
  const attributes = token.lastIndexOf(Buffer.from('06092a864886f70d010903', 'hex'))
  const same = (from: number, to: number) =>
    copy.subarray(from, to).equals(token.subarray(from, to))
  return same(info, contentEnd) && same(attributes, attributes + 150)
}
