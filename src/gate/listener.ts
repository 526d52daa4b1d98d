import type { Settings } from '#kernel'

/** Where the listener is reached from this host, and the name its certificate must carry. */
export interface Listener {
  readonly host: string
  readonly port: number
  readonly serverName: string
}

/**
 * The listener that these settings open: an address that means "all" is reached by loopback.
 *
 * @throws when the settings leave the port open; they must hold the one that was taken.
 */
export function listenerOf({ host, port, publicUrl }: Settings): Listener {
  if (port === 0) throw new Error('the settings do not say on which port the listener is')
  const serverName = new URL(publicUrl).hostname.replace(/^\[|\]$/g, '')
  const reached = host === '0.0.0.0' || host === '' ? '127.0.0.1' : host === '::' ? '::1' : host
  return { host: reached, port, serverName }
}
