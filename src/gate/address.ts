/** 4 or 6 for an IP address, 0 for anything else. Zones (`fe80::1%eth0`) are allowed. */
export function familyOf(host: string): 0 | 4 | 6 {
  if (host.includes(':')) return URL.canParse(`http://[${withoutZone(host)}]/`) ? 6 : 0
  const bytes = host.split('.')
  return bytes.length === 4 && bytes.every((b) => /^\d{1,3}$/.test(b) && Number(b) < 256) ? 4 : 0
}

/** The four bytes of an IPv4 address. */
export function ipv4Bytes(address: string): number[] {
  return address.split('.').map(Number)
}

/** The eight 16-bit words of an IPv6 address. */
export function ipv6Words(address: string): number[] {
  // The URL parser writes every form (zeros, trailing dotted quad) in one way (WHATWG URL §3.5).
  const { hostname } = new URL(`http://[${withoutZone(address)}]/`)
  const [head = '', tail] = hostname.slice(1, -1).split('::')
  const left = words(head)
  if (tail === undefined) return left
  const right = words(tail)
  return [...left, ...Array<number>(8 - left.length - right.length).fill(0), ...right]
}

function words(text: string): number[] {
  return text === '' ? [] : text.split(':').map((word) => Number.parseInt(word, 16))
}

function withoutZone(address: string): string {
  return address.replace(/%.*$/, '')
}

/** Which client an address stands for, and the neighbourhood around it. */
export interface Client {
  readonly client: string
  readonly site?: string
}

/**
 * The client behind an address: itself for IPv4, its /64 for IPv6, where a single subscriber holds
 * 2^64 addresses. `site` is the /48 around it, since hosters hand those out whole.
 *
 * Anything that is not an address (`local`) stands for itself.
 */
export function clientOf(address: string): Client {
  if (familyOf(address) !== 6) return { client: address }
  const all = ipv6Words(address)
  if (all.slice(0, 5).every((word) => word === 0) && all[5] === 0xffff) {
    const [high = 0, low = 0] = all.slice(6) // ::ffff:a.b.c.d, an IPv4 caller on a dual socket
    return { client: [high >> 8, high & 255, low >> 8, low & 255].join('.') }
  }
  const prefix = (length: number) =>
    all
      .slice(0, length)
      .map((word) => word.toString(16))
      .join(':')
  return { client: `${prefix(4)}::/64`, site: `${prefix(3)}::/48` }
}
