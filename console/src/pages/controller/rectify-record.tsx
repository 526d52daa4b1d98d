import type { ReactNode } from 'react'
import type { Static } from 'typebox'
import type { Corrected as CorrectedShape } from '../../../../src/vault/subjects/wire.ts'
import { call, Refused } from '../../api.ts'
import { keyOf, part } from '../../ask.ts'
import { picks } from '../../ui/form/choices.tsx'
import { choice, text } from '../../ui/form/entries.tsx'
import { type Entry, type Form, optional } from '../../ui/form/entry.ts'
import { FormDialog } from '../../ui/form/form-dialog.tsx'
import { listed } from '../../ui/figures.ts'
import { useCall } from '../../ui/use-call.ts'
import { correctionsOf, type Drafted, takenOut } from './correction.ts'
import { valueText } from './reveal-field.tsx'
import { type FoundSubject, type PartProps, pathOf, type Subject } from './shapes.ts'

type Corrected = Static<typeof CorrectedShape>
type SeenRecord = Subject['records'][number]
type Field = PartProps['controller']['categories'][number]['fields'][number]

/** Puts single fields of a record right (GDPR Art. 16); the others stay, and need not be seen for it. */
export function RectifyRecord({
  controller,
  why: { purpose, reason },
  subject: { subjectId, ordinal },
  record: { category, fields: seen },
  onCorrected,
}: PartProps & {
  readonly subject: FoundSubject
  readonly record: SeenRecord
  readonly onCorrected: (version: number, entryId: string | undefined) => void
}) {
  const path = `${pathOf(controller.controllerId)}/subjects/${part(subjectId)}`
  const rectify = useCall<Drafted, Corrected>({
    async deed(drafted) {
      const fields = correctionsOf(drafted)
      if (Object.keys(fields).length === 0) throw nothingChanged()
      const told = await call<Corrected>('PATCH', `${path}/records/${part(category)}`, {
        body: { fields },
        purpose,
        reason,
      })
      onCorrected(told.value.version, told.entryId)
      return told
    },
    said: (_told, drafted) => `Put right: ${listed(Object.keys(correctionsOf(drafted)))}`,
    renews: [keyOf(`${path}/entries`)],
  })
  const fields = (controller.categories.find(({ name }) => name === category)?.fields ?? []).filter(
    ({ purposes }) => purposes == null || purposes.includes(purpose),
  )
  const standing = fields.map(({ name }) => name).filter((name) => name in seen)
  const form = {
    ...Object.fromEntries(fields.map((field) => [field.name, entryOf(field)])),
    ...(standing.length === 0
      ? {}
      : { [takenOut]: optional(picks('Take the value out of', standing)) }),
  } as Form<Drafted>
  return (
    <FormDialog
      verb="Put right"
      title={`What is wrong in ${category} of subject number ${ordinal}?`}
      lead={
        <>
          For {purpose}, because <q>{reason}</q>. What you leave empty stays as it is.
        </>
      }
      form={form}
      call={rectify}
      preview={(drafted) => beforeAndAfter(seen, drafted)}
    />
  )
}

const nothingChanged = () =>
  new Refused(422, 'console.nothing-changed', 'Change at least one field.')

/** How a new value of a field is typed. All of it is text; the house reads it as the contract says. */
function entryOf({ name, kind, options }: Field): Entry<string> {
  if (kind === 'boolean') return optional(choice(name, { true: 'yes', false: 'no' }))
  if (options != null)
    return optional(choice(name, Object.fromEntries(options.map((each) => [each, each]))))
  const most = 20_000
  return optional(text(name, kind === 'date' ? { hint: 'As 1990-12-31', most } : { most }))
}

/** What stands there, as far as it may be seen, and what will stand there. */
function beforeAndAfter(seen: SeenRecord['fields'], drafted: Partial<Drafted>): ReactNode {
  const changes = Object.entries(correctionsOf(drafted as Drafted))
  if (changes.length === 0) return <p className="soft">Nothing is changed yet.</p>
  return (
    <table className="table">
      <caption className="visually-hidden">Before and after</caption>
      <thead>
        <tr>
          <th scope="col">Field</th>
          <th scope="col">Before</th>
          <th scope="col">After</th>
        </tr>
      </thead>
      <tbody>
        {changes.map(([name, value]) => (
          <tr key={name}>
            <td>{name}</td>
            <td>{valueText(seen[name] ?? null)}</td>
            <td>{valueText(value)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
