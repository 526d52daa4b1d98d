import { constants } from 'node:crypto'
import type { Certificates } from './certificate.ts'

/** The three suites of TLS 1.3 in OpenSSL's default set, strongest first. */
const suites = ['TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256', 'TLS_AES_128_GCM_SHA256']

/** Hybrid post-quantum first: recorded traffic stays closed to a later quantum computer. */
const groups = ['X25519MLKEM768', 'X25519', 'secp256r1']

/** The part of {@link tlsOptions} that `server.setSecureContext` takes when a certificate is renewed. */
export function secureContext({ cert, key }: Certificates) {
  return {
    cert,
    key,
    minVersion: 'TLSv1.3' as const,
    maxVersion: 'TLSv1.3' as const,
    ciphers: suites.join(':'),
    ecdhCurve: groups.join(':'),
    honorCipherOrder: true,
    // Nothing that TLS 1.3 forbids can come back through a patched build's defaults.
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION | constants.SSL_OP_NO_COMPRESSION,
  }
}

/**
 * Options for `https.createServer`, whole: TLS 1.3 and nothing older, and {@link listenerOptions}.
 * Under fastify they belong into `https`; of what stands beside it only the two timeouts it sets
 * itself (keep-alive, request) are heard.
 */
export function tlsOptions(
  certificates: Certificates,
  protocols: readonly string[] = ['http/1.1'],
) {
  return {
    ...listenerOptions,
    ...secureContext(certificates),
    ALPNProtocols: [...protocols],
    handshakeTimeout: handshakeTimeoutMs,
  }
}

/** A client that has not finished its handshake by then is cut. */
export const handshakeTimeoutMs = 10_000

/**
 * Options of `node:https` against slow and greedy clients. A header must be whole within 5 s
 * (Slowloris); bodies are watched by `BodyWatch` instead of `requestTimeout`, which would also cut
 * a large import that is flowing well.
 */
export const listenerOptions = {
  headersTimeout: 5_000,
  requestTimeout: 0,
  keepAliveTimeout: 15_000,
  connectionsCheckingInterval: 1_000,
  maxHeaderSize: 16_384,
  requireHostHeader: true,
  insecureHTTPParser: false,
} as const

/** Properties to set on the server itself once it is made. */
export const listenerBounds = {
  maxConnections: 4_000,
  maxHeadersCount: 100,
  maxRequestsPerSocket: 10_000,
} as const

/** What one client may hold, and for how long nothing may move. */
export interface ConnectionBounds {
  readonly perClient: number
  readonly stalledMs: number
}

/** A tenth of all places; and longer than any pause of a network that still works. */
export const connectionBounds: ConnectionBounds = { perClient: 400, stalledMs: 60_000 }
