import type { Static } from 'typebox'
import type { Redated } from '../../../../src/vault/wire.ts'
import { call } from '../../api.ts'
import { keyOf, part } from '../../ask.ts'
import { counted } from '../../ui/figures.ts'
import { choice, pastDay } from '../../ui/form/entries.tsx'
import { type Form, starting } from '../../ui/form/entry.ts'
import { FormDialog } from '../../ui/form/form-dialog.tsx'
import { useCall } from '../../ui/use-call.ts'
import { type FoundSubject, type PartProps, pathOf } from './shapes.ts'

interface Happened {
  readonly event: string
  readonly on: string
}

/** Starts the time of what waits for an event of the subject, such as the end of its contract. */
export function SubjectEvent({
  controller: { controllerId, categories },
  why,
  subject: { subjectId },
}: PartProps & { readonly subject: FoundSubject }) {
  const events = [...new Set(categories.flatMap(({ retainFrom }) => retainFrom ?? []))]
  const path = `${pathOf(controllerId)}/subjects/${part(subjectId)}/events`
  const record = useCall<Happened, Static<typeof Redated>>({
    deed: (body) =>
      call('PUT', path, {
        body,
        reason: why.reason.trim() === '' ? 'an event of the subject' : why.reason,
      }),
    said: ({ records }, { event }) =>
      `${event} is written down; ${counted(records.length, 'record')} got another end`,
    renews: [keyOf(pathOf(controllerId))],
  })
  if (events.length === 0) return null
  const form: Form<Happened> = {
    event: starting(
      choice('What happened', Object.fromEntries(events.map((event) => [event, event]))),
      events.length === 1 ? events[0] : undefined,
    ),
    on: pastDay('On', 'Its end, in UTC, starts the days of the categories that wait for it'),
  }
  return (
    <FormDialog
      verb="Record an event"
      title="What happened to this subject?"
      form={form}
      call={record}
    />
  )
}
