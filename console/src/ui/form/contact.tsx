import type { Entry, EntryProps } from './entry.ts'

export interface Contact {
  readonly name: string
  readonly email: string
}

/** A person to write to: name and e-mail together, or neither. */
export const contact = (label: string): Entry<Contact> => ({
  label,
  needed: true,
  isGroup: true,
  draw: (props) => <ContactControl {...props} label={label} />,
})

function ContactControl({
  value,
  onChange,
  label,
}: EntryProps<Contact> & { readonly label: string }) {
  const { name = '', email = '' } = value ?? {}
  const set = (next: Contact) => onChange(next.name === '' && next.email === '' ? undefined : next)
  return (
    <div className="contact">
      <input
        aria-label={`${label}: name`}
        placeholder="Name"
        maxLength={200}
        autoComplete="off"
        required={email !== ''}
        value={name}
        onChange={({ target }) => set({ name: target.value, email })}
      />
      <input
        aria-label={`${label}: e-mail`}
        type="email"
        placeholder="E-mail"
        maxLength={254}
        autoComplete="off"
        required={name !== ''}
        value={email}
        onChange={({ target }) => set({ name, email: target.value })}
      />
    </div>
  )
}
