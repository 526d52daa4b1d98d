import { X } from 'lucide-react'
import {
  classNames,
  type FieldClass,
  type FieldDraft,
  type FieldKind,
  type FoundBy,
  kindNames,
  mayBeFoundBy,
  type PurposeDraft,
} from './draft.ts'

const foundByNames: Readonly<Record<FoundBy, string>> = {
  nothing: 'not searchable',
  value: 'by exact value',
  words: 'by value and words',
}

/** What the index of such a field gives away; the house says the same of a contract in force. */
const leaks: Readonly<Record<Exclude<FoundBy, 'nothing'>, string>> = {
  value: 'Its index gives away which subjects have equal values, and how often each occurs.',
  words:
    'Its index gives away which subjects share a word and how often each word occurs: frequent words can be guessed.',
}

/** One field: how it is called, what it holds, how much harm it could do, how it is found, for what it is used. */
export function FieldRow({
  field,
  place,
  purposes,
  onChange,
  onRemove,
}: {
  readonly field: FieldDraft
  readonly place: number
  /** Those that may use its category. */
  readonly purposes: readonly PurposeDraft[]
  readonly onChange: (field: FieldDraft) => void
  readonly onRemove?: () => void
}) {
  const called = field.name.trim() === '' ? `field ${place}` : field.name
  const ways = mayBeFoundBy(field)
  const set = (part: Partial<FieldDraft>) => {
    const next = { ...field, ...part }
    const foundBy = mayBeFoundBy(next).includes(next.foundBy) ? next.foundBy : 'nothing'
    onChange({ ...next, foundBy })
  }
  return (
    <>
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
        <select
          aria-label={`Class of ${called}`}
          value={field.class}
          onChange={({ target }) => set({ class: target.value as FieldClass })}
        >
          {Object.entries(classNames).map(([own, name]) => (
            <option key={own} value={own}>
              {name}
            </option>
          ))}
        </select>
        <select
          aria-label={`Search by ${called}`}
          value={field.foundBy}
          disabled={ways.length === 1}
          onChange={({ target }) => set({ foundBy: target.value as FoundBy })}
        >
          {ways.map((way) => (
            <option key={way} value={way}>
              {foundByNames[way]}
            </option>
          ))}
        </select>
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
      {field.kind === 'choice' && (
        <input
          className="field-more"
          aria-label={`Options of ${called}`}
          required
          placeholder="Options, separated by commas"
          autoComplete="off"
          value={field.options}
          onChange={({ target }) => set({ options: target.value })}
        />
      )}
      {field.class === 'special' && (
        <p className="aside">
          Masked wholly for whoever may not reveal, and never searchable (GDPR Art. 9).
        </p>
      )}
      {field.foundBy !== 'nothing' && <p className="aside">{leaks[field.foundBy]}</p>}
      {purposes.length > 1 && <UsedFor {...{ field, called, purposes, set }} />}
    </>
  )
}

/** Data minimisation, field by field: what a purpose does not need, it does not see. */
const UsedFor = ({
  field,
  called,
  purposes,
  set,
}: {
  readonly field: FieldDraft
  readonly called: string
  readonly purposes: readonly PurposeDraft[]
  readonly set: (part: Partial<FieldDraft>) => void
}) => (
  <fieldset className="used-for">
    <legend className="visually-hidden">Purposes that may use {called}</legend>
    <span className="aside">used for</span>
    {purposes.map(({ key, name }) => {
      const held = field.purposes ?? purposes.map((each) => each.key)
      return (
        <label key={key} className="pick">
          <input
            type="checkbox"
            checked={held.includes(key)}
            onChange={({ target }) => {
              const next = target.checked ? [...held, key] : held.filter((each) => each !== key)
              set({ purposes: purposes.every((each) => next.includes(each.key)) ? null : next })
            }}
          />
          {name.trim() === '' ? 'unnamed purpose' : name}
        </label>
      )
    })}
  </fieldset>
)
