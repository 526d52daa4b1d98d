import { LogName } from './entries.tsx'
import type { Log } from './shapes.ts'

/** The keys by which an outsider checks the logs. */
export const LogKeys = ({ logs }: { readonly logs: readonly Log[] }) => (
  <details className="sheet">
    <summary>Keys to check the logs with</summary>
    <p className="soft">
      Signed notes (C2SP). Any tlog client walks a log at <code>/log/&lt;log&gt;/</code>; the root
      log carries an ML-DSA-44 cosignature beside Ed25519.
    </p>
    <dl className="kv">
      {logs.map(({ log, verifierKey, cosignerKey }) => (
        <LogKey key={log} log={log} keys={[verifierKey, cosignerKey]} />
      ))}
    </dl>
  </details>
)

const LogKey = ({
  log,
  keys,
}: {
  readonly log: string
  readonly keys: readonly (string | undefined)[]
}) => (
  <>
    <dt>
      <LogName log={log} />
    </dt>
    <dd>
      {keys.map(
        (key) =>
          key !== undefined && (
            <pre key={key} className="raw mono">
              {key}
            </pre>
          ),
      )}
    </dd>
  </>
)
