import { Field } from '../../ui/field.tsx'
import type { FileHead } from './file-head.ts'
import { fieldsOf, type MappingDraft, withFields } from './mapping.ts'
import type { ControllerRead } from './shapes.ts'

/** Which column holds what. Guessed by the names; a person has the last word. */
export function MappingFields({
  head,
  categories,
  mapping,
  onChange,
}: {
  readonly head: FileHead
  readonly categories: ControllerRead['categories']
  readonly mapping: MappingDraft
  readonly onChange: (mapping: MappingDraft) => void
}) {
  const fill = (part: Partial<MappingDraft>) =>
    onChange(withFields({ ...mapping, ...part }, head, categories))
  return (
    <>
      <div className="mapping">
        <Field label="Identifier of the subject">
          {(control) => (
            <ColumnSelect
              id={control.id}
              head={head}
              none="Choose …"
              value={mapping.subjectKey}
              onChange={(subjectKey) => onChange({ ...mapping, subjectKey })}
            />
          )}
        </Field>
        <Field label="Category">
          {(control) => (
            <select
              {...control}
              value={mapping.category}
              onChange={({ target }) => fill({ category: target.value })}
            >
              <option value="">a column names it</option>
              {categories.map(({ name }) => (
                <option key={name} value={name}>
                  all rows are: {name}
                </option>
              ))}
            </select>
          )}
        </Field>
        {mapping.category === '' && (
          <Field label="Column of the category">
            {(control) => (
              <ColumnSelect
                id={control.id}
                head={head}
                none="Choose …"
                value={mapping.categoryColumn}
                onChange={(categoryColumn) => onChange({ ...mapping, categoryColumn })}
              />
            )}
          </Field>
        )}
      </div>
      <fieldset className="entry-group">
        <legend>Fields</legend>
        <div className="mapping">
          {fieldsOf(mapping, categories).map((name) => (
            <Field key={name} label={name}>
              {(control) => (
                <ColumnSelect
                  id={control.id}
                  head={head}
                  none="not in this file"
                  value={mapping.fields[name] ?? ''}
                  onChange={(column) =>
                    onChange({ ...mapping, fields: { ...mapping.fields, [name]: column } })
                  }
                />
              )}
            </Field>
          ))}
        </div>
      </fieldset>
    </>
  )
}

const ColumnSelect = ({
  id,
  head,
  none,
  value,
  onChange,
}: {
  readonly id: string
  readonly head: FileHead
  readonly none: string
  readonly value: string
  readonly onChange: (column: string) => void
}) => (
  <select id={id} value={value} onChange={({ target }) => onChange(target.value)}>
    <option value="">{none}</option>
    {head.columns.map((column, at) => (
      <option key={`${at} ${column}`} value={column}>
        {column}
      </option>
    ))}
  </select>
)
