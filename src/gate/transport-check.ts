import { X509Certificate } from 'node:crypto'
import type { Check } from '#kernel'
import { expectedCertificate } from './adapters/certificates.ts'
import { offerRetired, shakeHands, speakPlainly } from './adapters/tls-probe.ts'
import { type FirstAnswer, protocolVersionAlert, retiredProtocols } from './client-hello.ts'
import { listenerOf } from './listener.ts'

interface Offer {
  readonly offered: string
  readonly answer: string
  readonly holds: boolean
}

/**
 * Offers the listener TLS 1.0, 1.1, 1.2 and plain HTTP over real sockets; each must be refused.
 * Then TLS 1.3, which must succeed and show the certificate that lies on disk. Throws when nothing
 * listens: what cannot be looked at is not proven.
 */
export const checkTransport: Check = async (_cross, { settings }) => {
  const listener = listenerOf(settings)
  const forbidden: Offer[] = []
  for (const { name, version } of retiredProtocols) {
    const answer = await offerRetired(listener, version)
    forbidden.push({ offered: name, answer: inWords(answer), holds: isVersionAlert(answer) })
  }
  const plain = (await speakPlainly(listener)).toString('latin1')
  const hungUp = !plain.includes('HTTP/')
  forbidden.push({
    offered: 'plain HTTP',
    answer: hungUp ? 'no answer of HTTP' : `answered: ${plain.slice(0, 12)}`,
    holds: hungUp,
  })
  const { ca, leaf } = await expectedCertificate(settings)
  const shown = await shakeHands(listener, ca)
  const isOurs = shown.leaf.fingerprint256 === new X509Certificate(leaf).fingerprint256
  const right: Offer = {
    offered: 'TLS 1.3',
    answer: `${shown.protocol}, ${shown.suite}, ${shown.group}, ${isOurs ? 'our' : 'another'} certificate`,
    holds: isOurs && shown.protocol === 'TLSv1.3',
  }
  const offers = [...forbidden, right]
  const held = offers.filter(({ holds }) => holds)
  const refused = forbidden.every(({ holds }) => holds)
  return {
    holds: held.length === offers.length,
    finding: sentence(offers),
    n: held.length,
    of: offers.length,
    facts: { offers, port: listener.port, notAfter: shown.leaf.validToDate.toISOString() },
    probe: {
      tried:
        'ClientHellos of TLS 1.0, 1.1 and 1.2, and a plain HTTP request, sent to the listener.',
      answer: forbidden.map(({ offered, answer }) => `${offered}: ${answer}`).join('; '),
      refused,
    },
  }
}

function isVersionAlert(answer: FirstAnswer): boolean {
  return answer.kind === 'alert' && answer.fatal && answer.description === protocolVersionAlert
}

function inWords(answer: FirstAnswer): string {
  if (answer.kind === 'handshake') return 'accepted'
  if (answer.kind === 'alert') return `alert ${answer.description}`
  return answer.kind === 'closed' ? 'hung up without an alert' : 'something that is not TLS'
}

function sentence(offers: readonly Offer[]): string {
  const wrong = offers.filter(({ holds }) => !holds)
  if (wrong.length > 0) {
    return `Not as promised: ${wrong.map(({ offered, answer }) => `${offered} (${answer})`).join(', ')}.`
  }
  return 'The listener takes TLS 1.3 only: 1.0, 1.1, 1.2 and plain HTTP were offered and refused.'
}
