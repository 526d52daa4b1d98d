/** A `Set-Cookie` line for a session: `__Host-` forbids Domain and demands Secure and Path=/ (RFC 6265bis §4.1.3.2). */
export function cookieLine(name: string, value: string, maxAgeSeconds: number): string {
  return `__Host-${name}=${value}; Max-Age=${Math.floor(maxAgeSeconds)}; Path=/; Secure; HttpOnly; SameSite=Strict`
}
