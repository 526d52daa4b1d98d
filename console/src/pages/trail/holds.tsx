import { useQuery } from '@tanstack/react-query'
import { useControllers } from '../../actors.tsx'
import { call } from '../../api.ts'
import { ask, keyOf } from '../../ask.ts'
import { Empty } from '../../ui/empty.tsx'
import { type Form, optional } from '../../ui/form/entry.ts'
import { choice, long, text } from '../../ui/form/entries.tsx'
import { FormDialog } from '../../ui/form/form-dialog.tsx'
import { May } from '../../ui/may.tsx'
import { Section } from '../../ui/section.tsx'
import { State } from '../../ui/state.tsx'
import { DataTable } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { useCall } from '../../ui/use-call.ts'
import { Loaded } from '../../ui/waiting.tsx'
import { LogName } from './entries.tsx'
import type { Hold } from './shapes.ts'

const path = '/v1/trail/holds'
const renews = [keyOf(path), keyOf('/v1/trail/retention')]

/** Legal holds: what lies on which log, since when and why. */
export function Holds() {
  const holds = useQuery(ask<{ items: Hold[] }>(path))
  return (
    <Loaded query={holds} what="Reading the holds">
      {({ items }) => (
        <Section
          title="Legal holds"
          lead="While a hold lies on a log nothing of it goes: no month, no bundle, no erasure. What waits for it goes when it is lifted."
          does={
            <May ask="trail.hold.lay">
              <Lay />
            </May>
          }
        >
          {items.length === 0 ? (
            <Empty title="No hold was ever laid">
              <p>Lay one when a court, an authority or a claim wants what is there to stay.</p>
            </Empty>
          ) : (
            <DataTable
              caption="Legal holds"
              heads={['Log', 'Why', 'Laid', 'State', '']}
              rows={items}
              keyOf={({ holdId }) => holdId}
              empty={null}
            >
              {(hold) => <HoldRow hold={hold} />}
            </DataTable>
          )}
        </Section>
      )}
    </Loaded>
  )
}

const HoldRow = ({ hold: { holdId, log, reason, laidAt, liftedAt } }: { readonly hold: Hold }) => (
  <>
    <td>{log === null ? 'every log' : <LogName log={log} />}</td>
    <td>{reason}</td>
    <td>
      <Time at={laidAt} />
    </td>
    <td>
      {liftedAt === null ? (
        <State word="holds" tone="warn" />
      ) : (
        <>
          lifted <Time at={liftedAt} />
        </>
      )}
    </td>
    <td>
      {liftedAt === null && (
        <May ask="trail.hold.lift">
          <Lift holdId={holdId} />
        </May>
      )}
    </td>
  </>
)

interface NewHold {
  readonly reason: string
  readonly log?: string
}

function Lay() {
  const lay = useCall<NewHold>({
    deed: (body) => call('POST', path, { body }),
    said: 'The hold was laid',
    renews,
  })
  const { controllers } = useControllers()
  const logs = controllers.map(({ controllerId, name }) => [controllerId, name] as const)
  const hint = 'None: every log'
  // Whoever may not list the controllers names one by its id.
  const log =
    logs.length === 0
      ? text('Log', { hint: 'A controller’s id, or house. Empty: every log', most: 36 })
      : choice('Log', { house: 'house', ...Object.fromEntries(logs) }, { hint })
  const form: Form<NewHold> = {
    reason: long('Why', { hint: 'The case or the order. It is kept sealed.', most: 1000 }),
    log: optional(log),
  }
  return <FormDialog verb="Lay a hold" title="Lay a legal hold" form={form} call={lay} />
}

function Lift({ holdId }: { readonly holdId: string }) {
  const lift = useCall<{ readonly reason: string }>({
    deed: (body) => call('POST', `${path}/${holdId}/lift`, { body }),
    said: 'The hold was lifted',
    renews,
  })
  return (
    <FormDialog
      verb="Lift"
      title="Lift the hold"
      lead="Erasures that waited for it happen within minutes."
      form={{ reason: long('Why', { most: 1000 }) }}
      call={lift}
    />
  )
}
