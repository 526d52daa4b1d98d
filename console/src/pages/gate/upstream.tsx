import type { Gate } from '../gate.tsx'
import { Command } from '../../ui/empty.tsx'
import { State } from '../../ui/state.tsx'

/** The application that stands behind the door, if one does. */
export const Upstream = ({ upstream }: { readonly upstream: Gate['upstream'] }) => (
  <section className="sheet stack">
    <div className="row spread">
      <h2>Application behind the door</h2>
      {upstream.state === 'listening' && <State word="listening" tone="good" />}
      {upstream.state === 'unreachable' && <State word="unreachable" tone="bad" />}
      {upstream.state === 'none' && <State word="none" tone="plain" />}
    </div>
    {upstream.origin === null ? (
      <>
        <p>
          Holdfast can stand in front of one application of yours: it is reached only after sign-in,
          and learns by a signed assertion who is asking. Start with
        </p>
        <Command>HOLDFAST_UPSTREAM=http://127.0.0.1:3000 npm start</Command>
      </>
    ) : (
      <p>
        Requests are handed on to <code>{upstream.origin}</code>, each with a signed assertion of
        who is asking.
      </p>
    )}
  </section>
)
