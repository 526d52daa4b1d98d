import { Field } from './field.tsx'

/** Six digits of an authenticator app; blanks people type between them are dropped. */
export const CodeField = ({
  label,
  value,
  onChange,
}: {
  readonly label: string
  readonly value: string
  readonly onChange: (code: string) => void
}) => (
  <Field label={label}>
    {(control) => (
      <input
        {...control}
        className="code-input mono"
        name="totp"
        inputMode="numeric"
        autoComplete="one-time-code"
        maxLength={7}
        required
        value={value}
        onChange={(event) => onChange(event.target.value.replaceAll(/\D/g, '').slice(0, 6))}
      />
    )}
  </Field>
)
