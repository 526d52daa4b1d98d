import { Field } from '../field.tsx'
import { entriesOf, type Entry, type Form } from './entry.ts'
import './form.css'

/** The entries of a form, one under the other. */
export function FormFields<Body extends object>({
  form,
  values,
  missing,
  onChange,
}: {
  readonly form: Form<Body>
  readonly values: Partial<Body>
  /** Names of entries that were sent empty and may not be. */
  readonly missing: readonly string[]
  readonly onChange: (values: Partial<Body>) => void
}) {
  return entriesOf(form).map(([name, entry]) => (
    <EntryField
      key={name}
      entry={entry}
      value={values[name as keyof Body]}
      wrong={missing.includes(name) ? `${entry.label} is needed.` : undefined}
      onChange={(value) => onChange({ ...values, [name]: value })}
    />
  ))
}

function EntryField({
  entry: { label, hint, needed, isGroup = false, draw },
  value,
  wrong,
  onChange,
}: {
  readonly entry: Entry<unknown>
  readonly value: unknown
  readonly wrong: string | undefined
  readonly onChange: (value: unknown) => void
}) {
  const name = needed ? label : `${label} (optional)`
  const shared = { needed, value, onChange }
  if (isGroup)
    return (
      <fieldset className="entry-group">
        <legend>{name}</legend>
        {hint !== undefined && <p className="hint">{hint}</p>}
        {draw({ ...shared, control: { id: '' } })}
        {wrong !== undefined && (
          <p className="wrong" role="alert">
            {wrong}
          </p>
        )}
      </fieldset>
    )
  return (
    <Field
      label={typeof value === 'boolean' ? label : name}
      {...(hint === undefined ? {} : { hint })}
      {...(wrong === undefined ? {} : { wrong })}
    >
      {(control) => draw({ ...shared, control })}
    </Field>
  )
}
