import { useQuery } from '@tanstack/react-query'
import { call } from '../../api.ts'
import { ask, keyOf } from '../../ask.ts'
import { ConfirmDialog } from '../../ui/confirm.tsx'
import { countText } from '../../ui/figures.ts'
import { type Form, optional, starting } from '../../ui/form/entry.ts'
import { whole } from '../../ui/form/entries.tsx'
import { FormDialog } from '../../ui/form/form-dialog.tsx'
import { May, NotGranted } from '../../ui/may.tsx'
import { Section } from '../../ui/section.tsx'
import { State } from '../../ui/state.tsx'
import { DataTable } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { useCall } from '../../ui/use-call.ts'
import { Loaded } from '../../ui/waiting.tsx'
import { LogName } from './entries.tsx'
import { TrailHead } from './head.tsx'
import { Holds } from './holds.tsx'
import type { Due, Retention, RetentionSeen } from './shapes.ts'
import './trail.css'

const path = '/v1/trail/retention'

/** How long names stay beside the entries, what would go now, and what a legal hold keeps. */
export default function TrailRetention() {
  return (
    <>
      <TrailHead part="retention" />
      <div className="stack">
        <May
          ask="trail.retention.read"
          otherwise={<NotGranted action="trail.retention.read" what="how long the trail stays" />}
        >
          <Policy />
        </May>
        <May
          ask="trail.hold.list"
          otherwise={<NotGranted action="trail.hold.list" what="what a legal hold keeps" />}
        >
          <Holds />
        </May>
      </div>
    </>
  )
}

function Policy() {
  const retention = useQuery(ask<RetentionSeen>(path))
  return (
    <Loaded query={retention} what="Reading the retention">
      {(seen) => (
        <Section
          title="Retention"
          lead="Entries, their leaves and every proof stay. What names people lies beside them, by the month, and goes."
          does={
            <May ask="trail.retention.promise">
              <Promise policy={seen} />
            </May>
          }
        >
          <dl className="kv">
            <dt>Names, addresses, reasons</dt>
            <dd>{monthsText(seen.payloadMonths)} after their month</dd>
            <dt>Entry bundles served</dt>
            <dd>{monthsText(seen.bundleMonths)}</dd>
            <dt>Promised</dt>
            <dd>
              <Time at={seen.since} />
            </dd>
          </dl>
          <DueNow due={seen.due} />
        </Section>
      )}
    </Loaded>
  )
}

const monthsText = (months: number | null) =>
  months === null ? 'for ever' : `${months} ${months === 1 ? 'month' : 'months'}`

/** A dry run: what the next nightly run lets go. */
function DueNow({ due: { months, bundles } }: { readonly due: Due }) {
  const rows = [
    ...months.flatMap(({ month, logs }) =>
      logs.map(({ log, payloads, held }) => ({
        what: `Payloads of ${month}`,
        log,
        payloads,
        held,
      })),
    ),
    ...bundles.map(({ log, minimum, held }) => ({
      what: `Bundles below place ${countText(minimum)}`,
      log,
      payloads: undefined,
      held,
    })),
  ]
  if (rows.length === 0) return <p className="soft">Nothing is due to go.</p>
  return (
    <>
      <DataTable
        caption="Due to go"
        heads={['What', 'Log', { number: 'Payloads' }, 'State']}
        rows={rows}
        keyOf={({ what, log }) => `${what} ${log}`}
        empty={null}
      >
        {({ what, log, payloads, held }) => (
          <>
            <td>{what}</td>
            <td>
              <LogName log={log} />
            </td>
            <td className="number">{payloads === undefined ? '' : countText(payloads)}</td>
            <td>
              {held ? (
                <State word="held" tone="warn" />
              ) : (
                <State word="goes tonight" tone="plain" />
              )}
            </td>
          </>
        )}
      </DataTable>
      {rows.some(({ held }) => !held) && (
        <div className="row">
          <May ask="trail.retention.run">
            <RunNow />
          </May>
        </div>
      )}
    </>
  )
}

function RunNow() {
  const run = useCall({
    deed: () => call('POST', `${path}/run`),
    said: 'What is due goes now',
    renews: [keyOf(path)],
  })
  return (
    <ConfirmDialog
      verb="Let it go now"
      title="Let go what is due"
      tone="danger"
      pending={run.isPending}
      error={run.error}
      onConfirm={() => run.mutateAsync()}
    >
      <p>
        What the table names goes now instead of tonight, but for what is held. It does not come
        back. Each log states it in an entry of its own.
      </p>
    </ConfirmDialog>
  )
}

function Promise({ policy }: { readonly policy: Retention }) {
  const change = useCall<Partial<Retention>>({
    deed: ({ payloadMonths = null, bundleMonths = null }) =>
      call('PUT', path, { body: { payloadMonths, bundleMonths } }),
    said: 'Another retention was promised',
    renews: [keyOf(path)],
  })
  const months = (label: string, least: number, most: number, now: number | null) => {
    const entry = optional(whole(label, { least, most, hint: 'Empty: for ever' }))
    return now === null ? entry : starting(entry, now)
  }
  const form: Form<Partial<Retention>> = {
    payloadMonths: months('Months for names, addresses, reasons', 1, 240, policy.payloadMonths),
    bundleMonths: months('Months for entry bundles', 12, 600, policy.bundleMonths),
  }
  return (
    <FormDialog
      verb="Promise another"
      title="Promise another retention"
      lead="Nothing goes before the next nightly run. Each log publishes the policy to whoever walks it."
      form={form}
      call={change}
    />
  )
}
