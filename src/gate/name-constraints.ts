/**
 * The NameConstraints extension (RFC 5280 §4.2.1.10), encoded by hand because no library here does:
 *
 *     NameConstraints ::= SEQUENCE { permittedSubtrees [0] SEQUENCE OF GeneralSubtree }
 *     GeneralSubtree  ::= SEQUENCE { base GeneralName }        dNSName [2], iPAddress [7]
 *
 * An iPAddress here is the address followed by its mask, 8 or 32 bytes.
 *
 * @module
 */
import { familyOf, ipv4Bytes, ipv6Words } from './address.ts'

export const nameConstraintsOid = '2.5.29.30'

/**
 * DER of a NameConstraints value that permits exactly these DNS names (with their subdomains) and
 * these addresses. A stolen key of such an authority cannot speak for any other site.
 */
export function permitOnly(hosts: readonly string[]): Buffer {
  const subtrees = hosts.map((host) => sequence(0x30, [generalName(host)]))
  return sequence(0x30, [sequence(0xa0, subtrees)])
}

function generalName(host: string): Buffer {
  switch (familyOf(host)) {
    case 4:
      return element(0x87, Buffer.from([...ipv4Bytes(host), 255, 255, 255, 255]))
    case 6: {
      const address = Buffer.alloc(32, 0xff)
      for (const [i, word] of ipv6Words(host).entries()) address.writeUInt16BE(word, i * 2)
      return element(0x87, address)
    }
    default:
      return element(0x82, Buffer.from(host, 'ascii'))
  }
}

function sequence(tag: number, parts: readonly Buffer[]): Buffer {
  return element(tag, Buffer.concat(parts))
}

function element(tag: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([tag, ...derLength(content.length)]), content])
}

function derLength(length: number): number[] {
  if (length < 0x80) return [length]
  const bytes: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256)
  return [0x80 | bytes.length, ...bytes]
}
