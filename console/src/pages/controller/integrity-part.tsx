import { useQuery, useQueryClient } from '@tanstack/react-query'
import { ShieldCheck } from 'lucide-react'
import type { Static } from 'typebox'
import type { OpenDiscrepancies, VerifiedRecords } from '../../../../src/vault/verification/wire.ts'
import { call } from '../../api.ts'
import { ask, keyOf } from '../../ask.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { counted, countText } from '../../ui/figures.ts'
import { text } from '../../ui/form/entries.tsx'
import { FormDialog } from '../../ui/form/form-dialog.tsx'
import { May } from '../../ui/may.tsx'
import { Section } from '../../ui/section.tsx'
import { State } from '../../ui/state.tsx'
import { DataTable } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { useCall } from '../../ui/use-call.ts'
import { useReport } from '../../ui/use-report.ts'
import { Loaded } from '../../ui/waiting.tsx'
import { type PartProps, pathOf } from './shapes.ts'

type Open = Static<typeof OpenDiscrepancies>
type Report = Static<typeof VerifiedRecords>
interface Progress {
  readonly stage: 'entries' | 'records'
  readonly checked: number
  readonly of?: number
}

const kinds: Readonly<Record<Open['items'][number]['kind'], string>> = {
  older: 'an earlier version came back',
  newer: 'changed without an entry',
  missing: 'gone without an entry',
  returned: 'erased, and there again',
  unknown: 'no entry tells of it',
  moved: 'under another’s number',
}

/** Records held against what the trail says became of them, and what differs until somebody has settled it. */
export function IntegrityPart({ controller: { controllerId } }: PartProps) {
  const path = `${pathOf(controllerId)}/discrepancies`
  const open = useQuery(ask<Open>(path))
  return (
    <div className="stack">
      <May ask="vault.record.verify">
        <VerifyRecords controllerId={controllerId} path={path} />
      </May>
      <Section
        title="Discrepancies"
        lead="Of whom a wrong row stands, that subject is restricted until a person lifts it. One goes when the right row is back, or when somebody settles it."
      >
        <Loaded query={open} what="Reading the discrepancies">
          {({ items }) => (
            <DataTable
              caption="Discrepancies"
              heads={[
                { number: 'Record' },
                { number: 'Subject' },
                'Category',
                'What is wrong',
                { number: 'Told' },
                { number: 'Found' },
                'Since',
                { unseen: 'Settle' },
              ]}
              rows={items}
              keyOf={({ record, subject, category }) => `${record} ${subject} ${category}`}
              empty={<p className="soft">None is open.</p>}
            >
              {({ record, subject, category, kind, told, found, foundAt }) => (
                <>
                  <td className="number">{record}</td>
                  <td className="number">{subject}</td>
                  <td>{category}</td>
                  <td>{kinds[kind]}</td>
                  <td className="number">{told === 0 ? 'none' : told}</td>
                  <td className="number">{found === 0 ? 'none' : found}</td>
                  <td>
                    <Time at={foundAt} />
                  </td>
                  <td>
                    <May ask="vault.discrepancy.settle">
                      <Settle path={path} record={record} />
                    </May>
                  </td>
                </>
              )}
            </DataTable>
          )}
        </Loaded>
      </Section>
    </div>
  )
}

function VerifyRecords({
  controllerId,
  path,
}: {
  readonly controllerId: string
  readonly path: string
}) {
  const client = useQueryClient()
  const { progress, told, error, isBusy, run } = useReport<Progress, Report>(
    `${pathOf(controllerId)}/records/verify`,
    () => client.invalidateQueries({ queryKey: keyOf(path) }),
  )
  const report = told?.report

  return (
    <section className="sheet stack">
      <div className="row spread">
        <h2>Records against the trail</h2>
        <Button pending={isBusy} onClick={() => void run()}>
          {!isBusy && <ShieldCheck aria-hidden />}
          {isBusy ? 'Verifying …' : 'Verify now'}
        </Button>
      </div>
      <p>
        The trail tells how often each record was written and whether it was erased. A row that
        somebody put back, moved or took away past the house does not fit that. It runs each day by
        itself.
      </p>
      {isBusy && (
        <div className="stack">
          <progress
            aria-label="Verified"
            {...(progress?.of === undefined ? {} : { value: progress.checked, max: progress.of })}
          />
          <p className="soft">
            {progress === undefined
              ? 'Beginning …'
              : `${countText(progress.checked)} ${progress.stage} looked at`}
          </p>
        </div>
      )}
      <ErrorNotice error={error} />
      {report !== undefined && (
        <p aria-live="polite">
          <State
            word={
              report.sound
                ? 'sound'
                : counted(report.discrepancies.length, 'discrepancy', 'discrepancies')
            }
            tone={report.sound ? 'good' : 'bad'}
          />{' '}
          {counted(report.records, 'record')} held against{' '}
          {counted(report.entries, 'entry', 'entries')}
          {report.uncertain > 0 &&
            `; of ${countText(report.uncertain)}, entries of an earlier release leave open which version must stand`}
          {report.restricted > 0 && `; ${counted(report.restricted, 'subject')} restricted for it`}.
        </p>
      )}
    </section>
  )
}

function Settle({ path, record }: { readonly path: string; readonly record: number }) {
  const settle = useCall<{ readonly why: string }>({
    deed: ({ why }) => call('POST', `${path}/${record}/settle`, { reason: why }),
    said: `Record ${record} stands as it is`,
    renews: [keyOf(path)],
  })
  return (
    <FormDialog
      verb="Settle"
      title={`Let record ${record} stand as it is?`}
      lead="The trail then says publicly that this is its state. Better is to put the right row back, from a backup, and verify again."
      form={{ why: text('Because', { hint: 'Kept in the trail', most: 500 }) }}
      call={settle}
    />
  )
}
