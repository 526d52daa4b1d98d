import { useQuery } from '@tanstack/react-query'
import { call } from '../../api.ts'
import { ask, keyOf, type Page, part } from '../../ask.ts'
import { ConfirmDialog } from '../../ui/confirm.tsx'
import { Empty } from '../../ui/empty.tsx'
import { picks } from '../../ui/form/choices.tsx'
import { type Form, optional } from '../../ui/form/entry.ts'
import { dueDay, text, whole } from '../../ui/form/entries.tsx'
import { FormDialog } from '../../ui/form/form-dialog.tsx'
import { May } from '../../ui/may.tsx'
import { Section } from '../../ui/section.tsx'
import { DataTable } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { useCall } from '../../ui/use-call.ts'
import { Loaded } from '../../ui/waiting.tsx'
import type { Role, Schedule } from './shapes.ts'

const path = '/v1/access-review-schedules'

/** Reviews that start by themselves. */
export function Schedules() {
  const schedules = useQuery(ask<Page<Schedule>>(path))
  return (
    <Section
      title="Schedules"
      lead="A review that starts by itself, again and again."
      does={
        <May ask="identity.review-schedule.add">
          <Add />
        </May>
      }
    >
      <Loaded query={schedules} what="Reading the schedules">
        {({ items }) => (
          <DataTable
            caption="Schedules"
            heads={['Review', 'Over', 'Every', 'Next', { unseen: 'Stop' }]}
            rows={items}
            keyOf={({ scheduleId }) => scheduleId}
            empty={
              <Empty title="No review starts by itself">
                <p>Schedule one above, so that nobody has to think of it.</p>
              </Empty>
            }
          >
            {(schedule) => (
              <>
                <td>{schedule.title}</td>
                <td>{schedule.roles === null ? 'every grant' : schedule.roles.join(', ')}</td>
                <td>
                  {schedule.everyDays} days, answers within {schedule.dueDays}
                </td>
                <td>
                  <Time at={schedule.nextAt} />
                </td>
                <td>
                  <May ask="identity.review-schedule.stop">
                    <Stop schedule={schedule} />
                  </May>
                </td>
              </>
            )}
          </DataTable>
        )}
      </Loaded>
    </Section>
  )
}

function Stop({ schedule: { scheduleId, title } }: { readonly schedule: Schedule }) {
  const stop = useCall({
    deed: () => call('DELETE', `${path}/${part(scheduleId)}`),
    said: `${title} starts no more by itself`,
    renews: [keyOf(path)],
  })
  return (
    <ConfirmDialog
      verb="Stop"
      title={`Start ${title} no more?`}
      tone="danger"
      pending={stop.isPending}
      error={stop.error}
      onOpen={stop.reset}
      onConfirm={() => stop.mutateAsync()}
    >
      <p>Reviews under way go on.</p>
    </ConfirmDialog>
  )
}

interface Scheduling {
  readonly title: string
  readonly everyDays: number
  readonly dueDays: number
  readonly firstDay: string
  readonly roles?: string[]
}

function Add() {
  const roles = useQuery(ask<Page<Role>>('/v1/roles')).data?.items ?? []
  const add = useCall<Scheduling>({
    deed: ({ firstDay, roles, ...rest }) =>
      call('POST', path, {
        body: {
          ...rest,
          firstAt: `${firstDay}T00:00:00Z`,
          ...(roles === undefined || roles.length === 0 ? {} : { roles }),
        },
      }),
    said: (_, { title }) => `${title} starts by itself from now on`,
    renews: [keyOf(path)],
  })
  const form: Form<Scheduling> = {
    title: text('Title', { placeholder: 'Quarterly review' }),
    everyDays: whole('Every how many days', { least: 7, most: 366, first: 90 }),
    dueDays: whole('Answers within days', { least: 1, most: 90, first: 14 }),
    firstDay: dueDay('First on', 1),
    roles: optional(
      picks(
        'Only these roles',
        roles.map(({ name }) => name),
        'None chosen: every grant in force',
      ),
    ),
  }
  return <FormDialog verb="Schedule a review" title="Schedule a review" form={form} call={add} />
}
