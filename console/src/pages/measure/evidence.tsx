import { ShieldCheck, ShieldX } from 'lucide-react'
import { Facts } from '../../ui/facts.tsx'
import { EntryLink } from '../../ui/tellings.tsx'
import { Time } from '../../ui/time.tsx'
import type { Observation } from './wire.ts'

/** What the newest check saw: its finding, what it tried and was refused, its facts, its entry. */
export const Evidence = ({ observation }: { readonly observation: Observation }) => (
  <>
    <section className="sheet stack">
      <h2>What the newest check found</h2>
      <p className="finding">{observation.finding}</p>
      <dl className="kv">
        <dt>Counted</dt>
        <dd>
          {observation.n} of {observation.of}
        </dd>
        <dt>Looked at</dt>
        <dd>
          <Time at={observation.collected} />, <Time at={observation.collected} absolute />
        </dd>
        <dt>So since</dt>
        <dd>
          <Time at={observation.covers} absolute />
        </dd>
        {observation.entryId !== undefined && (
          <>
            <dt>Written down in</dt>
            <dd>
              <EntryLink entryId={observation.entryId} />
            </dd>
          </>
        )}
        {observation.codeHash !== undefined && (
          <>
            <dt>By the check with SHA-256</dt>
            <dd className="mono">{observation.codeHash}</dd>
          </>
        )}
      </dl>
    </section>
    {observation.probe !== undefined && <ProbeSheet probe={observation.probe} />}
    <section className="sheet stack">
      <h2>Facts</h2>
      <Facts facts={observation.facts} />
    </section>
  </>
)

const ProbeSheet = ({ probe }: { readonly probe: NonNullable<Observation['probe']> }) => (
  <section className="sheet stack probe" data-refused={probe.refused}>
    <h2>
      {probe.refused ? <ShieldCheck aria-hidden /> : <ShieldX aria-hidden />}
      {probe.refused
        ? 'The forbidden thing was tried, and refused'
        : 'The forbidden thing got through'}
    </h2>
    <dl className="kv">
      <dt>Tried</dt>
      <dd>{probe.tried}</dd>
      <dt>Answer</dt>
      <dd className="mono">{probe.answer}</dd>
    </dl>
  </section>
)
