import { Plus, X } from 'lucide-react'
import { Button } from '../../ui/button.tsx'
import { type CategoryDraft, newPurpose, type PurposeDraft } from './draft.ts'

/** What the data may be used for, and which categories each purpose may see. */
export function PurposeRows({
  purposes,
  categories,
  onChange,
}: {
  readonly purposes: readonly PurposeDraft[]
  readonly categories: readonly CategoryDraft[]
  readonly onChange: (purposes: readonly PurposeDraft[]) => void
}) {
  return (
    <section className="sheet stack">
      <h2>What for</h2>
      <p className="soft">
        Whoever looks at data names one of these purposes, and sees only the categories it may use.
        One that needs consent is refused for every subject that has not given it.
      </p>
      <ul className="row-list" aria-label="Purposes">
        {purposes.map((purpose, place) => (
          <li key={purpose.key} className="purpose-row">
            <input
              aria-label={`Name of purpose ${place + 1}`}
              required
              maxLength={64}
              pattern="[A-Za-z][A-Za-z0-9._\-]*"
              title="Letters, digits, points, hyphens or underscores; begins with a letter"
              placeholder="support"
              autoComplete="off"
              value={purpose.name}
              onChange={({ target }) =>
                onChange(purposes.with(place, { ...purpose, name: target.value }))
              }
            />
            <div className="picks">
              {categories.map(({ key, name }, at) => (
                <label key={key} className="pick">
                  <input
                    type="checkbox"
                    checked={purpose.categories.includes(key)}
                    onChange={({ target }) =>
                      onChange(
                        purposes.with(place, {
                          ...purpose,
                          categories: target.checked
                            ? [...purpose.categories, key]
                            : purpose.categories.filter((each) => each !== key),
                        }),
                      )
                    }
                  />
                  {name.trim() === '' ? `category ${at + 1}` : name}
                </label>
              ))}
            </div>
            <label
              className="pick"
              title="GDPR Art. 6(1)(a): refused for every subject that has not consented to it"
            >
              <input
                type="checkbox"
                checked={purpose.consent}
                onChange={({ target }) =>
                  onChange(purposes.with(place, { ...purpose, consent: target.checked }))
                }
              />
              needs consent
            </label>
            <button
              type="button"
              className="icon-button"
              aria-label={`Take out purpose ${purpose.name.trim() === '' ? place + 1 : purpose.name}`}
              onClick={() => onChange(purposes.toSpliced(place, 1))}
            >
              <X aria-hidden />
            </button>
          </li>
        ))}
      </ul>
      <div>
        <Button tone="quiet" onClick={() => onChange([...purposes, newPurpose()])}>
          <Plus aria-hidden />
          Another purpose
        </Button>
      </div>
    </section>
  )
}
