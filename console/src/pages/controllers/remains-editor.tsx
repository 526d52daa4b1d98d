import type { Static } from 'typebox'
import type { RuleTried } from '../../../../src/vault/tokens/wire.ts'
import { call } from '../../api.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { Field } from '../../ui/field.tsx'
import { counted, countText } from '../../ui/figures.ts'
import { May } from '../../ui/may.tsx'
import { DataTable } from '../../ui/table.tsx'
import { useCall } from '../../ui/use-call.ts'
import {
  type CategoryDraft,
  type FieldDraft,
  isSized,
  type KeptDraft,
  type Method,
  methodNames,
  type RemainsDraft,
  ruleOf,
  waysToKeep,
} from './draft.ts'

type Tried = Static<typeof RuleTried>

interface EditorProps {
  readonly category: CategoryDraft
  readonly at?: string
  readonly onChange: (category: CategoryDraft) => void
}

/** What remains of a category when its days are over: nothing, or counts of records that are alike. */
export function RemainsEditor({ category, at, onChange }: EditorProps) {
  const { anonymise, fields, name } = category
  const called = name.trim() === '' ? 'this category' : name
  const set = (next: RemainsDraft | null) => onChange({ ...category, anonymise: next })
  return (
    <fieldset className="remains">
      <legend className="visually-hidden">What remains of {called}</legend>
      <label className="pick">
        <input
          type="checkbox"
          checked={anonymise !== null}
          onChange={({ target }) => set(target.checked ? { k: '5', keep: {} } : null)}
        />
        When the days are over, let counts of alike records of {called} remain, anonymous
      </label>
      {anonymise !== null && (
        <>
          <Field
            label="Alike records a count stands for at least"
            hint="5 to 1000: with fewer, somebody could be told apart"
          >
            {(control) => (
              <input
                {...control}
                className="short"
                type="number"
                required
                min={5}
                max={1000}
                value={anonymise.k}
                onChange={({ target }) => set({ ...anonymise, k: target.value })}
              />
            )}
          </Field>
          <ul className="remains-rows" aria-label={`What is kept of ${called}`}>
            {fields.map((field, place) => (
              <li key={field.key}>
                <Kept
                  field={field}
                  place={place + 1}
                  kept={anonymise.keep[field.key]}
                  onChange={(kept) => set({ ...anonymise, keep: withKept(anonymise, field, kept) })}
                />
              </li>
            ))}
          </ul>
          {at !== undefined && category.agreed && fields.every(({ agreed }) => agreed) && (
            <May ask="vault.remains.preview">
              <Preview
                key={JSON.stringify(anonymise)}
                category={category}
                at={at}
                rule={anonymise}
              />
            </May>
          )}
        </>
      )}
    </fieldset>
  )
}

function withKept({ keep }: RemainsDraft, { key }: FieldDraft, kept: KeptDraft | undefined) {
  const { [key]: _, ...others } = keep
  return kept === undefined ? others : { ...others, [key]: kept }
}

function Kept({
  field,
  place,
  kept,
  onChange,
}: {
  readonly field: FieldDraft
  readonly place: number
  readonly kept: KeptDraft | undefined
  readonly onChange: (kept: KeptDraft | undefined) => void
}) {
  const called = field.name.trim() === '' ? `field ${place}` : field.name
  const ways = waysToKeep(field)
  const now = kept !== undefined && ways.includes(kept.method) ? kept : undefined
  return (
    <>
      <span>{called}</span>
      <select
        aria-label={`What remains of ${called}`}
        disabled={ways.length === 0}
        value={now?.method ?? ''}
        onChange={({ target }) =>
          onChange(
            target.value === ''
              ? undefined
              : { method: target.value as Method, width: now?.width ?? '' },
          )
        }
      >
        <option value="">{ways.length === 0 ? 'dropped: it identifies' : 'dropped'}</option>
        {ways.map((way) => (
          <option key={way} value={way}>
            {methodNames[way]}
          </option>
        ))}
      </select>
      {now !== undefined && isSized(now.method) && (
        <input
          type="number"
          required
          min={1}
          aria-label={
            now.method === 'band' ? `Width of the band of ${called}` : `Characters of ${called}`
          }
          placeholder={now.method === 'band' ? 'width, such as 10' : 'how many, such as 2'}
          value={now.width}
          onChange={({ target }) => onChange({ ...now, width: target.value })}
        />
      )}
    </>
  )
}

/** What the rule would leave of the records there are now. */
function Preview({
  category,
  at,
  rule,
}: {
  readonly category: CategoryDraft
  readonly at: string
  readonly rule: RemainsDraft
}) {
  const preview = useCall<void, Tried>({
    deed: () =>
      call('POST', `${at}/anonymise/preview`, {
        body: { category: category.name, rule: ruleOf(rule, category.fields) },
        reason: `trying what would remain of ${category.name}`,
      }),
    said: ({ records }) => `${counted(records, 'record')} looked at; nothing was changed`,
  })
  const seen = preview.data?.value
  return (
    <div className="stack">
      <div className="row">
        <Button tone="quiet" pending={preview.isPending} onClick={() => preview.mutate()}>
          What would remain?
        </Button>
        <span className="soft">Tried on the records there are. Nothing is changed.</span>
      </div>
      <ErrorNotice error={preview.error} />
      {seen !== undefined && (
        <>
          <p>{seen.sentence}</p>
          <p className="soft">
            Of {counted(seen.records, 'record')}
            {seen.more && ', the newest of more'}, {countText(seen.kept)} would be counted in{' '}
            {counted(seen.groups, 'combination')}; {countText(seen.dropped)} would leave nothing, in{' '}
            {counted(seen.tooFew, 'combination')} of too few.
          </p>
          <DataTable
            caption="What would remain"
            heads={['Alike in', { number: 'Records' }]}
            rows={seen.examples}
            keyOf={({ remains }) => JSON.stringify(remains)}
            empty={
              <p className="soft">
                No combination is shared by {countText(seen.k)} records: make a field coarser, or
                drop one.
              </p>
            }
          >
            {({ remains, count }) => (
              <>
                <td>
                  {Object.entries(remains)
                    .map(([field, value]) => `${field} ${value === null ? 'none' : String(value)}`)
                    .join(', ')}
                </td>
                <td className="number">{countText(count)}</td>
              </>
            )}
          </DataTable>
        </>
      )}
    </div>
  )
}
