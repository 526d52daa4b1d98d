import { Plus, X } from 'lucide-react'
import { Button } from '../../ui/button.tsx'
import { type ContactDraft, newContact } from './draft.ts'

/** Whom a notice goes to. Where somebody is needed at least, they stand in the first row. */
export function ContactRows({
  contacts,
  needed,
  onChange,
}: {
  readonly contacts: readonly ContactDraft[]
  readonly needed: boolean
  readonly onChange: (contacts: readonly ContactDraft[]) => void
}) {
  return (
    <div className="stack">
      <p className="small-label">Who is told of a breach</p>
      <ul className="row-list" aria-label="Breach contacts">
        {contacts.map((contact, place) => (
          <li key={contact.key} className="contact-row">
            <input
              aria-label={`Name of contact ${place + 1}`}
              placeholder="Name"
              maxLength={200}
              autoComplete="off"
              required={(needed && place === 0) || contact.email !== ''}
              value={contact.name}
              onChange={({ target }) =>
                onChange(contacts.with(place, { ...contact, name: target.value }))
              }
            />
            <input
              aria-label={`E-mail of contact ${place + 1}`}
              type="email"
              placeholder="E-mail"
              maxLength={320}
              autoComplete="off"
              required={(needed && place === 0) || contact.name !== ''}
              value={contact.email}
              onChange={({ target }) =>
                onChange(contacts.with(place, { ...contact, email: target.value }))
              }
            />
            {(!needed || contacts.length > 1) && (
              <button
                type="button"
                className="icon-button"
                aria-label={`Take out contact ${place + 1}`}
                onClick={() => onChange(contacts.toSpliced(place, 1))}
              >
                <X aria-hidden />
              </button>
            )}
          </li>
        ))}
      </ul>
      <div>
        <Button tone="quiet" onClick={() => onChange([...contacts, newContact()])}>
          <Plus aria-hidden />
          Another contact
        </Button>
      </div>
    </div>
  )
}
