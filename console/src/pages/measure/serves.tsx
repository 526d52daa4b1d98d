import { useQuery } from '@tanstack/react-query'
import { Fragment } from 'react'
import { annexQuery, type Line } from '../overview/annex-query.ts'
import type { MeasureDetail } from './wire.ts'

const frameworks: Readonly<Record<keyof Line['references'], string>> = {
  gdpr: 'GDPR Art.',
  scc: 'SCC Annex II',
  iso27001: 'ISO/IEC 27001',
  soc2: 'SOC 2',
  nist80053: 'NIST SP 800-53',
  cis8: 'CIS Controls 8',
}
const names = Object.keys(frameworks) as (keyof Line['references'])[]

/** What the measure is for: the lines of the annex it keeps, and where others ask for the same. */
export function Serves({ measure: { lines, references } }: { readonly measure: MeasureDetail }) {
  const annex = useQuery({ ...annexQuery, staleTime: 60_000 }).data
  const served = (annex?.headings ?? [])
    .flatMap((heading) => heading.lines)
    .filter(({ id }) => lines.includes(id))
  const found = names
    .map((name) => ({
      name: frameworks[name],
      places: [...new Set(served.flatMap((line) => line.references[name]))],
    }))
    .filter(({ places }) => places.length > 0)
  return (
    <section className="sheet stack">
      <h2>What it is for</h2>
      {lines.length === 0 && <p className="soft">It stands beyond the lines of the annex.</p>}
      {served.length > 0 && (
        <dl className="kv">
          {served.map(({ id, promise }) => (
            <Fragment key={id}>
              <dt className="mono">{id}</dt>
              <dd>{promise}</dd>
            </Fragment>
          ))}
        </dl>
      )}
      {(found.length > 0 || references.length > 0) && (
        <dl className="kv">
          {found.map(({ name, places }) => (
            <Fragment key={name}>
              <dt>{name}</dt>
              <dd>{places.join(' · ')}</dd>
            </Fragment>
          ))}
          {references.length > 0 && (
            <>
              <dt>Also</dt>
              <dd>{references.join(' · ')}</dd>
            </>
          )}
        </dl>
      )}
    </section>
  )
}
