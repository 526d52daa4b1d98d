import { PersonPick } from './person-pick.tsx'
import type { Entry } from './entry.ts'

/** Yes or no, in a box to tick. */
export const yes = (label: string, hint?: string, first = false): Entry<boolean> => ({
  label,
  ...(hint === undefined ? {} : { hint }),
  needed: false,
  first,
  draw: ({ control, value, onChange }) => (
    <input
      {...control}
      type="checkbox"
      checked={value ?? false}
      onChange={({ target }) => onChange(target.checked)}
    />
  ),
})

/** Yes, no, or not known: what is not known is not said. */
export const maybe = (label: string): Entry<boolean> => ({
  label,
  needed: false,
  draw: ({ control, value, onChange }) => (
    <select
      {...control}
      value={value === undefined ? '' : value ? 'yes' : 'no'}
      onChange={({ target }) => onChange(target.value === '' ? undefined : target.value === 'yes')}
    >
      <option value="">not known</option>
      <option value="yes">yes</option>
      <option value="no">no</option>
    </select>
  ),
})

/** Any of a few, each with a box. */
export const picks = (
  label: string,
  options: readonly string[],
  hint?: string,
): Entry<string[]> => ({
  label,
  ...(hint === undefined ? {} : { hint }),
  needed: true,
  isGroup: true,
  draw: ({ value = [], onChange }) => (
    <div className="picks">
      {options.map((option) => (
        <label key={option} className="pick">
          <input
            type="checkbox"
            checked={value.includes(option)}
            onChange={({ target }) =>
              onChange(
                target.checked ? [...value, option] : value.filter((each) => each !== option),
              )
            }
          />
          {option}
        </label>
      ))}
    </div>
  ),
})

/** One of the persons who are enrolled. */
export const person = (label: string, first?: string, hint?: string): Entry<string> => ({
  label,
  ...(hint === undefined ? {} : { hint }),
  needed: true,
  ...(first === undefined ? {} : { first }),
  draw: (props) => <PersonPick {...props} />,
})
