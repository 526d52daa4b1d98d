import type { Gate } from '../gate.tsx'
import { State } from '../../ui/state.tsx'
import { Time } from '../../ui/time.tsx'

/** What a client meets: the certificate, and the protocol the listener agreed on just now. */
export const Door = ({ gate: { certificate, listener } }: { readonly gate: Gate }) => (
  <section className="sheet stack">
    <div className="row spread">
      <h2>Certificate and protocol</h2>
      <Answer listener={listener} />
    </div>
    <dl className="kv">
      <dt>Good for</dt>
      <dd className="mono">
        {certificate.names.replaceAll('DNS:', '').replaceAll('IP Address:', '')}
      </dd>
      <dt>Issued by</dt>
      <dd>
        {certificate.issuer}
        {certificate.own && ' (our own authority: clients must be told to trust it)'}
      </dd>
      <dt>Ends</dt>
      <dd>
        <Time at={certificate.notAfter} />, <Time at={certificate.notAfter} absolute />
      </dd>
      <dt>SHA-256</dt>
      <dd className="mono">{certificate.fingerprint}</dd>
      {listener !== null && (
        <>
          <dt>Agreed just now</dt>
          <dd>
            {listener.protocol}, {listener.suite}, key exchange {listener.group}
          </dd>
        </>
      )}
    </dl>
  </section>
)

function Answer({ listener }: { readonly listener: Gate['listener'] }) {
  if (listener === null) return <State word="listener does not answer" tone="bad" />
  return listener.showsCertificate ? (
    <State word="shows this certificate" tone="good" />
  ) : (
    <State word="shows another certificate" tone="bad" />
  )
}
