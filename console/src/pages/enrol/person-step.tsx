import { type FormEvent, useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { Field } from '../../ui/field.tsx'
import { PasswordField } from '../../ui/password-field.tsx'
import type { Asks, Person } from './wire.ts'

/** First step: who you are, and the password. */
export function PersonStep({
  asks,
  person,
  pending,
  error,
  onDone,
}: {
  readonly asks: Asks
  readonly person: Person
  readonly pending: boolean
  readonly error: unknown
  readonly onDone: (person: Person) => void
}) {
  const [{ name, email, password }, setPerson] = useState(person)
  const set = (part: Partial<Person>) => setPerson((before) => ({ ...before, ...part }))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onDone({ name: name.trim(), email: email.trim(), password })
  }
  return (
    <form className="stack" onSubmit={submit}>
      <Field label="Your name" hint="As colleagues know you. It is stored encrypted.">
        {(control) => (
          <input
            {...control}
            name="name"
            autoComplete="name"
            required
            maxLength={200}
            value={name}
            onChange={(event) => set({ name: event.target.value })}
          />
        )}
      </Field>
      <Field label="E-mail" hint="You sign in with it. It is stored encrypted.">
        {(control) => (
          <input
            {...control}
            type="email"
            name="email"
            autoComplete="username"
            required
            maxLength={254}
            value={email}
            onChange={(event) => set({ email: event.target.value })}
          />
        )}
      </Field>
      <PasswordField
        value={password}
        onChange={(value) => set({ password: value })}
        limits={asks.password}
        context={['holdfast', asks.processorName, name, email]}
      />
      <ErrorNotice error={error} />
      <div className="row">
        <Button
          type="submit"
          pending={pending}
          disabled={
            name.trim() === '' ||
            email.trim() === '' ||
            Array.from(password).length < asks.password.fewestCharacters
          }
        >
          Go on to the second factor
        </Button>
      </div>
    </form>
  )
}
