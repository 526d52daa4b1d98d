import { type FormEvent, useState } from 'react'
import { call } from '../../api.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { Field } from '../../ui/field.tsx'
import { counted } from '../../ui/figures.ts'
import { useCall } from '../../ui/use-call.ts'
import { type Found, isWhole, type PartProps, pathOf } from './shapes.ts'

const byKey = ''

/** By the controller's own identifier, or by the exact value of a searchable field. */
export function FindForm({
  controller,
  why,
  onFound,
}: PartProps & { readonly onFound: (found: Found) => void }) {
  const [by, setBy] = useState(byKey)
  const [value, setValue] = useState('')
  const fields = controller.categories.flatMap(({ name, fields }) =>
    fields.map((field) => ({ ...field, place: `${name} ${field.name}` })),
  )
  const searchable = [
    ...fields.filter(({ searchable }) => searchable).map(({ place }) => place),
    ...fields.filter(({ words }) => words).map(({ place }) => `${place} words`),
  ]
  const leakage = fields.find(({ place }) => place === by || `${place} words` === by)?.leakage
  const find = useCall<object, Found>({
    deed: (body) =>
      call('POST', `${pathOf(controller.controllerId)}/subjects/find`, {
        body,
        purpose: why.purpose,
        reason: why.reason,
      }),
    said: ({ items }) => `Found ${counted(items.length, 'subject')}`,
  })

  async function send(event: FormEvent) {
    event.preventDefault()
    const [category, field, words] = by.split(' ')
    const place = { category, field, ...(words === undefined ? { value } : { words: value }) }
    const sought = by === byKey ? { subjectKey: value } : place
    const told = await find.mutateAsync(sought)
    onFound(told.value)
  }

  return (
    <section className="sheet stack">
      <h2>Find a subject</h2>
      <form
        className="find"
        onSubmit={(event) => {
          // The mutation keeps the refusal; it stands below.
          send(event).catch(() => undefined)
        }}
      >
        <Field label="By">
          {(control) => (
            <select {...control} value={by} onChange={({ target }) => setBy(target.value)}>
              <option value={byKey}>the controller’s own identifier</option>
              {searchable.map((each) => (
                <option key={each} value={each}>
                  {each.replace(' ', ': ').replace(/ words$/, ', by its words')}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label={by.endsWith(' words') ? 'Words that all stand in it' : 'Exact value'}>
          {(control) => (
            <input
              {...control}
              required
              maxLength={500}
              autoComplete="off"
              spellCheck={false}
              value={value}
              onChange={({ target }) => setValue(target.value)}
            />
          )}
        </Field>
        <Button type="submit" pending={find.isPending} disabled={!isWhole(why)}>
          Find
        </Button>
      </form>
      {leakage != null && <p className="aside">{leakage}</p>}
      {!isWhole(why) && <p className="soft">Name a purpose and a reason first.</p>}
      <ErrorNotice error={find.error} />
    </section>
  )
}
