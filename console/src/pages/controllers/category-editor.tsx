import { Plus, Trash2 } from 'lucide-react'
import { Button } from '../../ui/button.tsx'
import { Field } from '../../ui/field.tsx'
import { type CategoryDraft, newField, type PurposeDraft } from './draft.ts'
import { FieldRow } from './field-row.tsx'
import { RemainsEditor } from './remains-editor.tsx'

/** One category: its name, its days, its fields. */
export function CategoryEditor({
  category,
  place,
  purposes,
  at,
  onChange,
  onRemove,
}: {
  readonly category: CategoryDraft
  readonly place: number
  readonly purposes: readonly PurposeDraft[]
  /** The path of the controller whose records a rule can be tried on; absent while there is none. */
  readonly at?: string
  readonly onChange: (category: CategoryDraft) => void
  /** Absent where it may not be taken out. */
  readonly onRemove?: () => void
}) {
  const { name, retainDays, retainFrom, fields, agreed } = category
  const covering = purposes.filter(({ categories }) => categories.includes(category.key))
  const set = (part: Partial<CategoryDraft>) => onChange({ ...category, ...part })
  return (
    <fieldset className="category">
      <legend>{name.trim() === '' ? `Category ${place}` : name}</legend>
      <div className="category-head">
        <Field label="Name of the category">
          {(control) => (
            <input
              {...control}
              required
              readOnly={agreed}
              maxLength={64}
              pattern="[A-Za-z][A-Za-z0-9._\-]*"
              title="Letters, digits, points, hyphens or underscores; begins with a letter"
              placeholder="contact"
              autoComplete="off"
              value={name}
              onChange={({ target }) => set({ name: target.value })}
            />
          )}
        </Field>
        <Field label="Days kept">
          {(control) => (
            <input
              {...control}
              type="number"
              required
              min={1}
              max={3653}
              placeholder="365"
              value={retainDays}
              onChange={({ target }) => set({ retainDays: target.value })}
            />
          )}
        </Field>
        <Field label="Counted from">
          {(control) => (
            <input
              {...control}
              maxLength={64}
              pattern="[A-Za-z][A-Za-z0-9._\-]*"
              title="An event of the subject, such as contract-end; empty for the storing itself"
              placeholder="storing"
              autoComplete="off"
              value={retainFrom}
              onChange={({ target }) => set({ retainFrom: target.value })}
            />
          )}
        </Field>
        {onRemove !== undefined && (
          <Button tone="quiet" onClick={onRemove}>
            <Trash2 aria-hidden />
            Take out
          </Button>
        )}
      </div>
      {retainFrom.trim() !== '' && (
        <p className="aside">
          The days begin when somebody records {retainFrom.trim()} of a subject; where that never
          comes, its records end ten years after storing.
        </p>
      )}
      <ul
        className="row-list"
        aria-label={`Fields of ${name.trim() === '' ? `category ${place}` : name}`}
      >
        {fields.map((field, at) => (
          <li key={field.key}>
            <FieldRow
              field={field}
              place={at + 1}
              purposes={covering}
              onChange={(next) => set({ fields: fields.with(at, next) })}
              {...(field.agreed || fields.length === 1
                ? {}
                : { onRemove: () => set({ fields: fields.toSpliced(at, 1) }) })}
            />
          </li>
        ))}
      </ul>
      <div>
        <Button tone="quiet" onClick={() => set({ fields: [...fields, newField()] })}>
          <Plus aria-hidden />
          Another field
        </Button>
      </div>
      <RemainsEditor
        category={category}
        onChange={onChange}
        {...(at === undefined ? {} : { at })}
      />
    </fieldset>
  )
}
