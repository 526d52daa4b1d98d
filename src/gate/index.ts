/**
 * Gate: the door. What a request meets before anybody asks who sends it.
 *
 * Life of a request: the handshake ({@link tlsOptions}), the limits of its client and the load of
 * the house ({@link openDoor}), the watch over its body; then identity and the threshold, and for
 * the application behind the door {@link proxyRequest}. What is refused on the way is counted
 * ({@link doorTally}) and told in aggregate.
 *
 * @module
 */
import type { Room } from '#kernel'
import { loops } from './loops.ts'
import { measures } from './measures.ts'
import { routes } from './routes.ts'

export { openAssertionKey } from './adapters/assertion-key.ts'
export { type CertificateInput, openCertificates } from './adapters/certificates.ts'
export { guardConnections } from './adapters/connections.ts'
export { type Door, type DoorOptions, openDoor } from './adapters/door.ts'
export { type Renewal, renewWhileServing } from './adapters/renewal.ts'
export { openUpstream, type UpstreamOptions } from './adapters/upstream.ts'
export { clientOf, familyOf } from './address.ts'
export type { Admission, Arrival, Entering } from './admission.ts'
export type { AssertionKey } from './assertion.ts'
export { streamBytes } from './body-room.ts'
export { type SlowBody, slowBody } from './body-watch.ts'
export { type Certificates, hostsOf } from './certificate.ts'
export { apiHeaders, consoleHeaders, type Header, upstreamHeaders } from './headers.ts'
export { type Limit, limits, type Limits } from './limits.ts'
export { tellRefusals } from './loops.ts'
export { type Passed, type Proxying, proxyRequest, type Upstream, upstreamMount } from './proxy.ts'
export { bodyTooLarge, noUpstream } from './refusals.ts'
export { type Bucket, doorTally, isCounted, RefusalTally } from './tally.ts'
export {
  type ConnectionBounds,
  connectionBounds,
  listenerOptions,
  secureContext,
  tlsOptions,
} from './tls.ts'

export const gate: Room = { name: 'gate', routes, loops, measures }
