import { useQuery } from '@tanstack/react-query'
import { call } from '../../api.ts'
import { ask, keyOf } from '../../ask.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { counted, countText } from '../../ui/figures.ts'
import { May } from '../../ui/may.tsx'
import { Section } from '../../ui/section.tsx'
import { DataTable } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { useCall } from '../../ui/use-call.ts'
import { Loaded } from '../../ui/waiting.tsx'
import { valueText } from './reveal-field.tsx'
import {
  type AnonymiseOutcome,
  type PartProps,
  pathOf,
  type Remains as RemainsShape,
} from './shapes.ts'

/** What is left of erased records where the contract lets something remain: counts of who were alike. */
export function Remains({ controller: { controllerId } }: PartProps) {
  const remains = useQuery(ask<RemainsShape>(`${pathOf(controllerId)}/remains`))
  return (
    <Section
      title="What remains, anonymous"
      lead="Before the hourly job erases, it counts what the contract lets remain. Too few alike leave nothing."
    >
      <Loaded query={remains} what="Reading what remains">
        {({ items, rules }) => (
          <>
            {rules.length === 0 && (
              <p className="soft">
                The contract lets nothing remain: what is over is erased whole.
              </p>
            )}
            {rules.map(({ category, sentence }) => (
              <section key={category} className="sheet stack">
                <p>{sentence}</p>
                <May ask="vault.remains.make">
                  <Anonymise controllerId={controllerId} category={category} />
                </May>
              </section>
            ))}
            {rules.length > 0 && (
              <DataTable
                caption="What remains"
                heads={['Category', 'Alike in', { number: 'Records' }, 'Last counted']}
                rows={items}
                keyOf={({ category, version, kept }) =>
                  `${category} ${version} ${JSON.stringify(kept)}`
                }
                empty={<p className="soft">Nothing has been counted yet.</p>}
              >
                {({ category, kept, count, lastAt }) => (
                  <>
                    <td>{category}</td>
                    <td>
                      {Object.entries(kept)
                        .map(([name, value]) => `${name} ${valueText(value)}`)
                        .join(', ')}
                    </td>
                    <td className="number">{countText(count)}</td>
                    <td>
                      <Time at={lastAt} />
                    </td>
                  </>
                )}
              </DataTable>
            )}
          </>
        )}
      </Loaded>
    </Section>
  )
}

/** First what it would come to; only then the deed. */
function Anonymise({
  controllerId,
  category,
}: {
  readonly controllerId: string
  readonly category: string
}) {
  const path = `${pathOf(controllerId)}/anonymise`
  const trial = useCall<void, AnonymiseOutcome>({
    deed: () => call('POST', path, { body: { category, check: true } }),
    said: ({ records }) => `${counted(records, 'record')} looked at; nothing was changed`,
  })
  const deed = useCall<void, AnonymiseOutcome>({
    async deed() {
      const told = await call<AnonymiseOutcome>('POST', path, { body: { category, drop: true } })
      // What was tried before is no longer so.
      trial.reset()
      return told
    },
    said: ({ kept, dropped }) => `${countText(kept)} counted, ${countText(dropped)} left nothing`,
    renews: [keyOf(pathOf(controllerId))],
  })
  const seen = trial.data?.value
  return (
    <div className="stack">
      <div className="row">
        <Button tone="quiet" pending={trial.isPending} onClick={() => trial.mutate()}>
          Try it, change nothing
        </Button>
        {seen !== undefined && seen.records > 0 && (
          <ConfirmDialog
            verb="Anonymise"
            title={`Anonymise ${counted(seen.records, 'record')} of ${category}?`}
            tone="danger"
            pending={deed.isPending}
            error={deed.error}
            onOpen={deed.reset}
            onConfirm={() => deed.mutateAsync()}
          >
            <p>
              {counted(seen.kept, 'record is', 'records are')} counted in what remains;{' '}
              {counted(seen.dropped, 'record leaves', 'records leave')} nothing. All of them are
              erased.
            </p>
          </ConfirmDialog>
        )}
      </div>
      <ErrorNotice error={trial.error} />
      {seen !== undefined && (
        <p className="soft">
          {seen.records === 0
            ? 'No record of this category is past its time.'
            : `${counted(seen.records, 'record')} past ${seen.records === 1 ? 'its' : 'their'} time: ${countText(seen.kept)} would be counted in ${counted(seen.groups, 'combination')}, ${countText(seen.dropped)} would leave nothing because fewer than ${seen.k} are alike.`}
        </p>
      )}
    </div>
  )
}
