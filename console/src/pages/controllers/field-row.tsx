import { X } from 'lucide-react'
import { canBeSearched, type FieldDraft, type FieldKind, kindNames } from './draft.ts'

/** One field: how it is called, what it holds, whether it can be found by, whether Art. 9 covers it. */
export function FieldRow({
  field,
  place,
  onChange,
  onRemove,
}: {
  readonly field: FieldDraft
  readonly place: number
  readonly onChange: (field: FieldDraft) => void
  readonly onRemove?: () => void
}) {
  const called = field.name.trim() === '' ? `field ${place}` : field.name
  const set = (part: Partial<FieldDraft>) => {
    const next = { ...field, ...part }
    onChange({ ...next, searchable: next.searchable && canBeSearched(next) })
  }
  return (
    <div className="field-row">
      <input
        aria-label={`Name of field ${place}`}
        required
        readOnly={field.agreed}
        maxLength={64}
        pattern="[A-Za-z][A-Za-z0-9._\-]*"
        title="Letters, digits, points, hyphens or underscores; begins with a letter"
        placeholder="email"
        autoComplete="off"
        value={field.name}
        onChange={({ target }) => set({ name: target.value })}
      />
      <select
        aria-label={`Kind of ${called}`}
        disabled={field.agreed}
        value={field.kind}
        onChange={({ target }) => set({ kind: target.value as FieldKind })}
      >
        {Object.entries(kindNames).map(([kind, name]) => (
          <option key={kind} value={kind}>
            {name}
          </option>
        ))}
      </select>
      <label
        className="pick"
        title="Kept in a blind index, so that a subject can be found by the exact value"
      >
        <input
          type="checkbox"
          checked={field.searchable}
          disabled={!canBeSearched(field)}
          onChange={({ target }) => set({ searchable: target.checked })}
        />
        searchable
      </label>
      <label
        className="pick"
        title="Special categories of personal data, GDPR Art. 9: masked wholly, never searchable"
      >
        <input
          type="checkbox"
          checked={field.special}
          onChange={({ target }) => set({ special: target.checked })}
        />
        special (Art. 9)
      </label>
      {onRemove === undefined ? (
        <span />
      ) : (
        <button
          type="button"
          className="icon-button"
          aria-label={`Take out ${called}`}
          onClick={onRemove}
        >
          <X aria-hidden />
        </button>
      )}
    </div>
  )
}
