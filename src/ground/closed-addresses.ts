import { BlockList, isIP } from 'node:net'

/** IPv4: what the IANA special-purpose registry (RFC 6890) does not call globally reachable, and multicast. */
const closedV4 = new BlockList()
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const)
  closedV4.addSubnet(network, prefix, 'ipv4')

/** Within 2000::/3, outside of which nobody has a global address: protocols of the IETF (Teredo too), examples. */
const closedV6 = new BlockList()
for (const [network, prefix] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['3fff::', 20],
] as const)
  closedV6.addSubnet(network, prefix, 'ipv6')

const [mapped, nat64] = ['0,0,0,0,0,65535', '100,65435,0,0,0,0']

/**
 * Whether an IP address belongs to this host or a network around it, or is one that nobody has. An
 * address that carries another within is what that one is: a translator or a tunnel on the way would
 * take us there (IPv4-mapped, NAT64 of RFC 6052, 6to4, ISATAP). What is no address is closed.
 */
export function isClosed(address: string): boolean {
  const [bare] = address.split('%') // a zone says which link, and leads no further than one
  switch (isIP(bare!)) {
    case 4:
      return closedV4.check(bare!, 'ipv4')
    case 6:
      return isClosedV6(bare!)
    default:
      return true
  }
}

function isClosedV6(address: string): boolean {
  const groups = groupsOf(address)
  const prefix = groups.slice(0, 6).join(',')
  if (prefix === mapped || prefix === nat64) return isClosed(v4At(groups, 6))
  if (groups[0]! >> 13 !== 1) return true
  if (groups[0] === 0x2002 && isClosed(v4At(groups, 1))) return true
  if ((groups[4]! & 0xfdff) === 0 && groups[5] === 0x5efe && isClosed(v4At(groups, 6))) return true
  return closedV6.check(address, 'ipv6')
}

/** The eight groups of an IPv6 address, however it is spelled: a URL knows one spelling only. */
function groupsOf(address: string): number[] {
  const [head, tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::')
  const before = (head ?? '').split(':').filter((group) => group !== '')
  const after = (tail ?? '').split(':').filter((group) => group !== '')
  const between = Array<string>(8 - before.length - after.length).fill('0')
  return [...before, ...between, ...after].map((group) => Number.parseInt(group, 16))
}

function v4At(groups: readonly number[], first: number): string {
  const [high, low] = [groups[first]!, groups[first + 1]!]
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}
