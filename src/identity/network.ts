import { clientOf, familyOf } from '#gate'

/** An address as PostgreSQL takes it, or null for what is none (`local`, `inside`). */
export function addressIn(address: string | undefined): string | null {
  if (address === undefined || familyOf(address) === 0) return null
  // An IPv4 caller on a dual socket is locked and bound as IPv4.
  if (address.toLowerCase().startsWith('::ffff:')) return clientOf(address).client
  return address.replace(/%.*$/, '')
}

/** Whether a text is a network in CIDR form: an address and how many bits of it count. */
export function isNetwork(text: string): boolean {
  const [address = '', length = '', ...rest] = text.split('/')
  const family = familyOf(address)
  if (family === 0 || rest.length > 0 || address.includes('%')) return false
  return /^\d{1,3}$/.test(length) && Number(length) <= (family === 4 ? 32 : 128)
}
