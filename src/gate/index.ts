/**
 * Gate: the door. What a request meets before anybody asks who sends it.
 *
 * Life of a request: the handshake ({@link tlsOptions}), the bounds on header and body, the limits
 * of its client; then identity and the threshold. What is refused on the way is counted.
 *
 * @module
 */
import type { Room } from '#kernel'

export type { Admission, Arrival, Entering } from './admission.ts'
export { openCertificates } from './adapters/certificates.ts'
export { type Door, type DoorOptions, openDoor } from './adapters/door.ts'
export { type Certificates, hostsOf } from './certificate.ts'
export { apiHeaders, consoleHeaders, type Header, upstreamHeaders } from './headers.ts'
export { type Limit, limits, type Limits } from './limits.ts'
export { bodyTooLarge } from './refusals.ts'
export { doorTally, isCounted } from './tally.ts'
export { listenerBounds, listenerOptions, secureContext, tlsOptions } from './tls.ts'

export const gate: Room = { name: 'gate' }
