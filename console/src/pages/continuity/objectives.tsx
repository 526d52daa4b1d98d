import { useQuery } from '@tanstack/react-query'
import { call } from '../../api.ts'
import { keyOf } from '../../ask.ts'
import { type Form, starting } from '../../ui/form/entry.ts'
import { whole } from '../../ui/form/entries.tsx'
import { FormDialog } from '../../ui/form/form-dialog.tsx'
import { May, useMay } from '../../ui/may.tsx'
import { Section } from '../../ui/section.tsx'
import { State } from '../../ui/state.tsx'
import { DataTable } from '../../ui/table.tsx'
import { spanText } from '../../ui/time.tsx'
import { useCall } from '../../ui/use-call.ts'
import { Loaded } from '../../ui/waiting.tsx'
import { drills, type Objective, objectives } from './shapes.ts'

const minutes = { least: 1, most: 525_600 }

/** What was promised, beside what the newest exercise measured. */
export function Objectives() {
  const promised = useQuery(objectives)
  const exercised = useQuery({ ...drills, enabled: useMay('continuity.drill.list') })
  const newest = exercised.data?.items[0]
  return (
    <Loaded query={promised} what="Reading the objectives">
      {(objective) => (
        <Section
          title="Promised and measured"
          does={
            <May ask="continuity.objective.promise">
              <Promise objective={objective} />
            </May>
          }
        >
          <DataTable
            caption="Promised and measured"
            heads={['Objective', 'Promised', 'Measured in the newest drill', 'State']}
            rows={[
              {
                name: 'Lost at most (RPO)',
                minutes: objective.recoveryPointMinutes,
                seconds: newest?.recoveryPointSeconds,
              },
              {
                name: 'Back after at most (RTO)',
                minutes: objective.recoveryTimeMinutes,
                seconds: newest?.recoveryTimeSeconds,
              },
            ]}
            keyOf={({ name }) => name}
            empty={null}
          >
            {({ name, minutes, seconds }) => (
              <>
                <td>{name}</td>
                <td>{spanText(minutes * 60)}</td>
                <td>{seconds === undefined ? 'never exercised' : spanText(seconds)}</td>
                <td>
                  <Kept minutes={minutes} seconds={seconds} />
                </td>
              </>
            )}
          </DataTable>
        </Section>
      )}
    </Loaded>
  )
}

function Kept({
  minutes,
  seconds,
}: {
  readonly minutes: number
  readonly seconds: number | undefined
}) {
  if (seconds === undefined) return <State word="not proven" tone="plain" />
  return seconds <= minutes * 60 ? (
    <State word="kept" tone="good" />
  ) : (
    <State word="missed" tone="bad" />
  )
}

function Promise({ objective }: { readonly objective: Objective }) {
  const change = useCall<Objective>({
    deed: (body) => call('PUT', '/v1/objectives', { body }),
    said: 'The objectives were promised anew',
    renews: [keyOf('/v1/objectives')],
  })
  const form: Form<Objective> = {
    recoveryPointMinutes: starting(
      whole('Lost at most, in minutes', minutes),
      objective.recoveryPointMinutes,
    ),
    recoveryTimeMinutes: starting(
      whole('Back after at most, in minutes', minutes),
      objective.recoveryTimeMinutes,
    ),
  }
  return (
    <FormDialog
      verb="Promise others"
      title="Promise other objectives"
      lead="The annex says the new figures from now on, and the next drill is held against them."
      form={form}
      call={change}
    />
  )
}
