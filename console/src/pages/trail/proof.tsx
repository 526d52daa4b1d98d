import { useQuery } from '@tanstack/react-query'
import { Download } from 'lucide-react'
import { Button } from '../../ui/button.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { countText } from '../../ui/figures.ts'
import { save } from '../../ui/save.ts'
import { State } from '../../ui/state.tsx'
import { checkProof, type ProofVerdict } from './proof-check.ts'
import type { ProvenEntry } from './shapes.ts'

/** The proof of inclusion, checked here and not merely shown. */
export function Proof({ entry }: { readonly entry: ProvenEntry }) {
  const { proof, verifierKey } = entry
  if (proof === undefined || verifierKey === undefined)
    return (
      <section className="sheet stack">
        <div className="row spread">
          <h2>Proof</h2>
          <State word="waits for a checkpoint" tone="plain" />
        </div>
        <p>The entry stands in its log. A signed checkpoint covers it within ten seconds.</p>
      </section>
    )
  return <Checked entry={{ ...entry, proof, verifierKey }} />
}

function Checked({
  entry,
}: {
  readonly entry: ProvenEntry & { proof: string; verifierKey: string }
}) {
  const { entryId, leafBody, leafHash, proof, verifierKey } = entry
  const verdict = useQuery({
    queryKey: ['proof-check', entryId, proof],
    queryFn: () => checkProof({ entryId, leafBody, leafHash, proof, verifierKey }),
    staleTime: Infinity,
  })
  return (
    <section className="sheet stack">
      <div className="row spread">
        <h2>Proof</h2>
        {verdict.data !== undefined && <Judged verdict={verdict.data} />}
      </div>
      <ErrorNotice error={verdict.error} />
      {verdict.data !== undefined && <Checks verdict={verdict.data} />}
      <p className="soft">
        Checked in this browser, from the bytes below. Any tlog client can check the same file.
      </p>
      <div className="row">
        <Button
          tone="quiet"
          onClick={() =>
            save(`${entryId}.tlog-proof`, new Blob([proof], { type: 'text/plain; charset=utf-8' }))
          }
        >
          <Download aria-hidden />
          Download the proof
        </Button>
      </div>
      <details>
        <summary>Leaf, proof and key</summary>
        <dl className="kv">
          <dt>Leaf</dt>
          <dd className="mono">{leafBody}</dd>
          <dt>Leaf hash</dt>
          <dd className="mono">{leafHash}</dd>
          <dt>Key of the log</dt>
          <dd className="mono">{verifierKey}</dd>
          <dt>Proof</dt>
          <dd>
            <pre className="raw mono">{proof}</pre>
          </dd>
        </dl>
      </details>
    </section>
  )
}

function Judged({ verdict: { leaf, path, signature } }: { readonly verdict: ProofVerdict }) {
  if (!leaf || !path || signature === false) return <State word="does not hold" tone="bad" />
  return signature === true ? (
    <State word="stands in its log" tone="good" />
  ) : (
    <State word="stands in its log; signature not checked" tone="warn" />
  )
}

const Checks = ({
  verdict: { leaf, path, signature, size },
}: {
  readonly verdict: ProofVerdict
}) => (
  <ul className="checks">
    <li>
      <Tick holds={leaf} /> The leaf names this entry, and its hash is the hash of its text.
    </li>
    <li>
      <Tick holds={path} /> The path leads from the leaf to the root of the log at {countText(size)}{' '}
      entries.
    </li>
    <li>
      {signature === undefined ? (
        <State word="not checked" tone="warn" />
      ) : (
        <Tick holds={signature} />
      )}{' '}
      {signature === undefined
        ? 'This browser cannot check Ed25519 signatures.'
        : 'The log’s key has signed that root.'}
    </li>
  </ul>
)

const Tick = ({ holds }: { readonly holds: boolean }) => (
  <State word={holds ? 'holds' : 'fails'} tone={holds ? 'good' : 'bad'} />
)
