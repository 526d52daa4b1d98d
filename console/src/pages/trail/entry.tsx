import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { ActorName, useControllers } from '../../actors.tsx'
import { Refused } from '../../api.ts'
import { ask, part } from '../../ask.ts'
import { listed } from '../../ui/figures.ts'
import { Facts } from '../../ui/facts.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { Time } from '../../ui/time.tsx'
import { Loaded } from '../../ui/waiting.tsx'
import { LogName, Outcome, touchedText } from './entries.tsx'
import { Proof } from './proof.tsx'
import { eventOf, type ProvenEntry, purposeOf } from './shapes.ts'
import './trail.css'

const here = getRouteApi('/house/trail/$entryId')

/** One entry: who, what, why, and the proof that it stands where it stands. */
export default function EntryPage() {
  const { entryId } = here.useParams()
  const entry = useQuery({
    ...ask<ProvenEntry>(`/v1/trail/entries/${part(entryId)}`),
    // An entry gets its place within a second or two, and a signed checkpoint within ten.
    refetchInterval: ({ state: { data, error } }) => {
      if (error instanceof Refused && error.code === 'trail.entry-pending') return 1000
      return data !== undefined && data.proof === undefined ? 5000 : false
    },
  })
  return (
    <>
      <p className="crumb">
        <Link to="/trail">The trail</Link>
      </p>
      <Loaded query={entry} what="Reading the entry">
        {(found) => (
          <div className="stack">
            <PageHead title={found.action} tab={`Entry ${found.action}`} />
            <Told entry={found} />
            <Proof entry={found} />
            <details className="sheet">
              <summary>The whole event (OCSF 1.8)</summary>
              <pre className="raw mono">{JSON.stringify(found.event, undefined, 2)}</pre>
            </details>
          </div>
        )}
      </Loaded>
    </>
  )
}

function Told({ entry }: { readonly entry: ProvenEntry }) {
  const event = eventOf(entry)
  const { details = {}, grant, reason } = event.unmapped ?? {}
  const touched = touchedText(entry)
  return (
    <section className="sheet stack">
      <dl className="kv">
        <Line name="Outcome">
          <Outcome entry={entry} />
        </Line>
        <Line name="When">
          <Time at={entry.at} absolute /> (<Time at={entry.at} />)
        </Line>
        <Line name="Who">
          <ActorName id={entry.actorId} /> <span className="soft">({entry.actorKind})</span>
        </Line>
        <Line name="From">{event.src_endpoint?.ip ?? event.src_endpoint?.name}</Line>
        <Line name="With">{event.http_request?.user_agent}</Line>
        <Line name="Purpose">{purposeOf(entry)}</Line>
        <Line name="Reason">{reason}</Line>
        <Line name="Touched">
          {touched === '' ? undefined : (
            <>
              {touched}
              <CategoryNames entry={entry} />
            </>
          )}
        </Line>
        <Line name="Log">
          <LogName log={entry.log} />, place {entry.index.toLocaleString('en')}
        </Line>
        <Line name="Session">{mono(entry.sessionId)}</Line>
        <Line name="Credential">{mono(entry.credentialId)}</Line>
        <Line name="Grant">{mono(grant)}</Line>
        <Line name="Entry">{mono(entry.entryId)}</Line>
      </dl>
      {entry.event === undefined && (
        <p className="notice">
          The keys of this entry are destroyed: it can be proven still, and read no more.
        </p>
      )}
      {Object.keys(details).length > 0 && (
        <>
          <h2>What it says</h2>
          <Facts facts={details} />
        </>
      )}
    </section>
  )
}

const mono = (text: string | undefined) =>
  text === undefined ? undefined : <span className="mono">{text}</span>

function Line({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  if (children === undefined || children === null || children === '') return null
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  )
}

/** Numbers of categories are a controller's own; its contract names them. */
function CategoryNames({ entry: { log, categories } }: { readonly entry: ProvenEntry }) {
  const { controllers } = useControllers()
  if (categories.length === 0) return null
  const contract = controllers.find(({ controllerId }) => controllerId === log)
  const names = categories.map(
    (bit) => contract?.categories.find((each) => each.bit === bit)?.name ?? `category ${bit}`,
  )
  return <> in {listed(names)}</>
}
