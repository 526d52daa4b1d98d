import { Plus } from 'lucide-react'
import { Button } from '../../ui/button.tsx'
import { Field } from '../../ui/field.tsx'
import { CategoryEditor } from './category-editor.tsx'
import { ContactRows } from './contact-rows.tsx'
import { type Draft, newCategory } from './draft.ts'
import { PurposeRows } from './purpose-rows.tsx'
import '../../ui/form/form.css'
import './contract-form.css'

/** The facts of a contract, as a form: who, what is held and how long, what for, whom to tell. */
export function ContractForm({
  draft,
  at,
  onChange,
}: {
  readonly draft: Draft
  /** The controller's path, where there is one already. */
  readonly at?: string
  readonly onChange: (draft: Draft) => void
}) {
  const set = (part: Partial<Draft>) => onChange({ ...draft, ...part })
  return (
    <>
      <section className="sheet stack">
        <h2>Who it is</h2>
        <div className="contract-grid">
          <Field label="Name of the controller">
            {(control) => (
              <input
                {...control}
                required
                maxLength={200}
                autoComplete="off"
                value={draft.name}
                onChange={({ target }) => set({ name: target.value })}
              />
            )}
          </Field>
          <Field label="Country (optional)" hint="Two letters, such as DE">
            {(control) => (
              <input
                {...control}
                maxLength={2}
                pattern="[A-Z]{2}"
                autoComplete="off"
                value={draft.country}
                onChange={({ target }) => set({ country: target.value.toUpperCase() })}
              />
            )}
          </Field>
          <Field label="Whose data (optional)" hint="As a notice names them, separated by commas">
            {(control) => (
              <input
                {...control}
                placeholder="customers, patients"
                autoComplete="off"
                value={draft.subjectKinds}
                onChange={({ target }) => set({ subjectKinds: target.value })}
              />
            )}
          </Field>
        </div>
      </section>

      <section className="sheet stack">
        <h2>What is held, and how long</h2>
        <p className="soft">
          Nothing is stored that does not stand here. A record is erased by itself when its days are
          over. The class says how much harm a field could do in the wrong hands; what is found by
          its value leaves a keyed hash in the index, and beside each such field stands what that
          gives away.
        </p>
        {draft.categories.map((category, place) => (
          <CategoryEditor
            key={category.key}
            category={category}
            place={place + 1}
            purposes={draft.purposes}
            {...(at === undefined ? {} : { at })}
            onChange={(next) => set({ categories: draft.categories.with(place, next) })}
            {...(category.agreed || draft.categories.length === 1
              ? {}
              : {
                  onRemove: () => set({ categories: draft.categories.toSpliced(place, 1) }),
                })}
          />
        ))}
        <div>
          <Button
            tone="quiet"
            onClick={() => set({ categories: [...draft.categories, newCategory()] })}
          >
            <Plus aria-hidden />
            Another category
          </Button>
        </div>
      </section>

      <PurposeRows
        purposes={draft.purposes}
        categories={draft.categories}
        onChange={(purposes) => set({ purposes })}
      />

      <section className="sheet stack">
        <h2>Taking data out</h2>
        <Field
          label="Subjects one person may export alone"
          hint="An export of more needs a second person's approval, for one export"
        >
          {(control) => (
            <input
              {...control}
              className="short"
              type="number"
              min={1}
              max={10_000_000}
              required
              value={draft.exportAlone}
              onChange={({ target }) => set({ exportAlone: target.value })}
            />
          )}
        </Field>
      </section>

      <section className="sheet stack">
        <h2>When something goes wrong</h2>
        <Field
          label="Hours to the notice of a breach"
          hint="1 to 72; what the contract says, or 24 where it says nothing"
        >
          {(control) => (
            <input
              {...control}
              className="short"
              type="number"
              min={1}
              max={72}
              required
              value={draft.noticeHours}
              onChange={({ target }) => set({ noticeHours: target.value })}
            />
          )}
        </Field>
        <ContactRows
          contacts={draft.contacts}
          needed={!draft.synthetic}
          onChange={(contacts) => set({ contacts })}
        />
      </section>
    </>
  )
}
