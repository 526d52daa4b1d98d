import { dayAhead } from '../figures.ts'
import type { Entry } from './entry.ts'

interface Extra {
  readonly hint?: string
  readonly placeholder?: string
  readonly most?: number
}

/** One line of text. */
export const text = (label: string, { hint, placeholder, most = 200 }: Extra = {}): Entry<string> =>
  line('text', label, hint, { placeholder, maxLength: most })

export const email = (label: string, hint?: string): Entry<string> =>
  line('email', label, hint, { maxLength: 254 })

/** ISO 3166-1 alpha-2. */
export const country = (label = 'Country'): Entry<string> => ({
  ...line('text', label, 'Two letters, such as DE', { maxLength: 2, pattern: '[A-Z]{2}' }),
  draw: ({ control, needed, value, onChange }) => (
    <input
      {...control}
      className="short"
      maxLength={2}
      pattern="[A-Z]{2}"
      autoComplete="off"
      required={needed}
      value={value ?? ''}
      onChange={({ target }) => onChange(target.value.toUpperCase())}
    />
  ),
})

/** Several lines of text. */
export const long = (label: string, { hint, placeholder, most = 4000 }: Extra = {}) =>
  withHint<string>(hint, {
    label,
    needed: true,
    draw: ({ control, needed, value, onChange }) => (
      <textarea
        {...control}
        rows={4}
        maxLength={most}
        placeholder={placeholder}
        required={needed}
        value={value ?? ''}
        onChange={({ target }) => onChange(target.value)}
      />
    ),
  })

/** A day that is past or today. */
export const pastDay = (label: string, hint?: string): Entry<string> =>
  line('date', label, hint, { max: dayAhead() })

/** A day that is today or ahead, `days` ahead at first. */
export const dueDay = (label: string, days?: number, hint?: string): Entry<string> => {
  const entry = line('date', label, hint, { min: dayAhead() })
  return days === undefined ? entry : { ...entry, first: dayAhead(days) }
}

/** A whole number. */
export const whole = (
  label: string,
  { least, most, first, hint }: { least: number; most: number; first?: number; hint?: string },
): Entry<number> =>
  withHint(hint, {
    label,
    needed: true,
    ...(first === undefined ? {} : { first }),
    draw: ({ control, needed, value, onChange }) => (
      <input
        {...control}
        className="short"
        type="number"
        min={least}
        max={most}
        step={1}
        required={needed}
        value={value ?? ''}
        onChange={({ target }) => onChange(target.value === '' ? undefined : target.valueAsNumber)}
      />
    ),
  })

/** One of a few. */
export const choice = <T extends string>(
  label: string,
  options: Readonly<Record<T, string>>,
  { first, hint }: { first?: T; hint?: string } = {},
): Entry<T> =>
  withHint(hint, {
    label,
    needed: true,
    ...(first === undefined ? {} : { first }),
    draw: ({ control, needed, value, onChange }) => (
      <select
        {...control}
        required={needed}
        value={value ?? ''}
        onChange={({ target }) => onChange(target.value === '' ? undefined : (target.value as T))}
      >
        <option value="">{needed ? 'Choose …' : 'none'}</option>
        {Object.entries<string>(options).map(([option, name]) => (
          <option key={option} value={option}>
            {name}
          </option>
        ))}
      </select>
    ),
  })

/** Names separated by commas. */
export const names = (label: string, hint = 'Separated by commas'): Entry<string[]> => ({
  label,
  hint,
  needed: true,
  draw: ({ control, needed, value, onChange }) => (
    <input
      {...control}
      required={needed}
      defaultValue={value?.join(', ') ?? ''}
      onChange={({ target }) => onChange(namesIn(target.value))}
    />
  ),
})

/** `a, b` as a list. */
const namesIn = (list: string): string[] =>
  list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')

const line = (
  type: 'text' | 'email' | 'date',
  label: string,
  hint: string | undefined,
  bounds: {
    readonly placeholder?: string | undefined
    readonly maxLength?: number
    readonly pattern?: string
    readonly min?: string
    readonly max?: string
  },
): Entry<string> =>
  withHint(hint, {
    label,
    needed: true,
    draw: ({ control, needed, value, onChange }) => (
      <input
        {...control}
        {...bounds}
        type={type}
        autoComplete="off"
        required={needed}
        value={value ?? ''}
        onChange={({ target }) => onChange(target.value === '' ? undefined : target.value)}
      />
    ),
  })

const withHint = <T,>(hint: string | undefined, entry: Entry<T>): Entry<T> =>
  hint === undefined ? entry : { ...entry, hint }
