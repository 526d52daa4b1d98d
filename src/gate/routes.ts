import { X509Certificate } from 'node:crypto'
import { flow, type Route, type World } from '#kernel'
import { readRefused } from './acts.ts'
import { openAssertionKey } from './adapters/assertion-key.ts'
import { expectedCertificate } from './adapters/certificates.ts'
import { shakeHands } from './adapters/tls-probe.ts'
import { isListening } from './adapters/upstream.ts'
import { slowBody } from './body-watch.ts'
import { limits } from './limits.ts'
import { listenerOf } from './listener.ts'
import { shedFromMs } from './pressure.ts'
import { GateState, Jwks } from './wire.ts'

export const routes: readonly Route[] = [
  flow({
    flow: true,
    method: 'GET',
    url: '/v1/gate',
    action: 'gate.state.read',
    summary:
      'The door as it stands: certificate, limits, what it refused, the application behind it.',
    response: GateState,
    async handle(cross, _parts, world) {
      const refusedLastDay = await cross(readRefused, 'read')
      const [{ certificate, listener }, upstream] = await Promise.all([
        lookAtListener(world),
        lookAtUpstream(world),
      ])
      return {
        certificate,
        listener,
        limits: Object.entries(limits).map(([name, limit]) => ({ name, ...limit })),
        shedding: { anonymousFromMs: shedFromMs.anonymous, workloadFromMs: shedFromMs.workload },
        slowBody,
        refusedLastDay,
        upstream,
      }
    },
  }),
  flow({
    flow: true,
    method: 'GET',
    url: '/.well-known/holdfast-jwks.json',
    action: 'gate.assertion-key.read',
    summary: 'The public key by which the application behind the door checks who is asking.',
    assurance: 0,
    response: Jwks,
    async handle(cross, _parts, { settings }) {
      const { jwk } = await openAssertionKey(settings.dataDir)
      return cross(async () => ({ keys: [jwk] }), 'read')
    },
  }),
]

async function lookAtListener({ settings }: World) {
  const expected = await expectedCertificate(settings)
  const leaf = new X509Certificate(expected.leaf)
  const shown = await shakeHands(listenerOf(settings), expected.ca).catch(() => null)
  return {
    certificate: {
      names: leaf.subjectAltName ?? '',
      issuer: leaf.issuer.replaceAll('\n', ', '),
      notAfter: leaf.validToDate.toISOString(),
      fingerprint: leaf.fingerprint256,
      own: expected.own,
    },
    listener: shown && {
      protocol: shown.protocol,
      suite: shown.suite,
      group: shown.group,
      showsCertificate: shown.leaf.fingerprint256 === leaf.fingerprint256,
    },
  }
}

async function lookAtUpstream({ settings: { upstream } }: World) {
  if (upstream === undefined) return { origin: null, state: 'none' as const }
  const state = (await isListening(upstream)) ? ('listening' as const) : ('unreachable' as const)
  return { origin: new URL(upstream).origin, state }
}
