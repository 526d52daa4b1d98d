import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ask } from '../../ask.ts'
import { useLive } from '../../attended.ts'
import { countText } from '../../ui/figures.ts'
import { May } from '../../ui/may.tsx'
import { Section } from '../../ui/section.tsx'
import { State } from '../../ui/state.tsx'
import { DataTable } from '../../ui/table.tsx'
import { spanText, Time } from '../../ui/time.tsx'
import { Loaded } from '../../ui/waiting.tsx'
import { LogName } from './entries.tsx'
import { TrailHead } from './head.tsx'
import { LogKeys } from './log-keys.tsx'
import type { Log, Logs as LogsSeen } from './shapes.ts'
import { Copies, WaysOn } from './restored.tsx'
import { VerifyNow } from './verify-now.tsx'
import './trail.css'

/** What may be claimed of the trail, how big each log is, and a recomputation of all of it on demand. */
export default function Logs() {
  const logs = useQuery({ ...ask<LogsSeen>('/v1/trail/logs'), refetchInterval: useLive(30_000) })
  return (
    <>
      <TrailHead part="logs" />
      <Loaded query={logs} what="Reading the logs">
        {(seen) => (
          <div className="stack">
            <Claim logs={seen} />
            <May ask="trail.log.verify">
              <VerifyNow />
            </May>
            <Section
              title="Logs"
              lead={
                <>
                  One tree for each controller, one for the house, and a root tree whose leaves are
                  the other trees’ checkpoints. Whoever takes one along checks it without us:{' '}
                  <a href="/verify">verify a pack</a>.
                </>
              }
            >
              <DataTable
                caption="Logs"
                heads={[
                  'Log',
                  { number: 'Entries' },
                  { number: 'Signed' },
                  'Last signed',
                  'Root hash',
                  { unseen: 'Take along' },
                ]}
                rows={seen.items}
                keyOf={({ log }) => log}
                empty={null}
              >
                {(log) => <LogRow log={log} />}
              </DataTable>
            </Section>
            <Copies logs={seen} />
            <LogKeys logs={seen.items} />
          </div>
        )}
      </Loaded>
    </>
  )
}

const LogRow = ({ log: { log, size, signedSize, signedAt, root } }: { readonly log: Log }) => (
  <>
    <td>
      <LogName log={log} />
    </td>
    <td className="number">{countText(size)}</td>
    <td className="number">{countText(signedSize)}</td>
    <td>{signedAt === undefined ? 'never' : <Time at={signedAt} />}</td>
    <td className="mono" title={root}>
      {root.slice(0, 20)}…
    </td>
    <td>
      {log !== 'root' && (
        <May ask="trail.log.pack">
          <a className="button quiet" href={packOf(log)} download={`holdfast-${log}.zip`}>
            Take along
          </a>
        </May>
      )}
    </td>
  </>
)

/** The whole log as a zip that proves itself; the download is an act, and an entry. */
const packOf = (log: string) =>
  log === 'house' ? '/v1/trail/pack' : `/v1/controllers/${log}/trail/pack`

/** The words that may be used, and no stronger ones. */
const Claim = ({ logs }: { readonly logs: LogsSeen }) => {
  const { claim, signing, pending, lagSeconds } = logs
  return (
    <section className="sheet stack">
      <div className="row spread">
        <h2>What may be claimed: {claim.words}</h2>
        {signing.stopped ? (
          <State word="signing stopped" tone="bad" />
        ) : (
          <State word="signing" tone="good" />
        )}
      </div>
      <p>{claim.means}</p>
      {signing.stopped && (
        <p className="notice" data-tone="bad" role="alert">
          <span>
            Nothing is signed
            {signing.since !== undefined && (
              <>
                {' '}
                since <Time at={signing.since} absolute />
              </>
            )}
            : {signing.because}
          </span>
        </p>
      )}
      {signing.stopped && <WaysOn logs={logs} />}
      <dl className="kv">
        <dt>Rung</dt>
        <dd>
          {claim.rung} (0: no anchor outside; 1 and above: <Link to="/trail/anchors">anchors</Link>{' '}
          out of our reach)
        </dd>
        <dt>Waiting for a place</dt>
        <dd>
          {countText(pending)} {pending === 1 ? 'entry' : 'entries'}
          {pending > 0 && `, the oldest for ${spanText(lagSeconds)}`}
        </dd>
      </dl>
    </section>
  )
}
