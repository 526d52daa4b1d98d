import { useId } from 'react'
import type { Entry, EntryProps } from './entry.ts'

export type Options = readonly (readonly [value: string, name: string])[]

/** Everything, or only some of it: null confines to nothing. */
export const among = (label: string, all: string, options: Options): Entry<string[] | null> => ({
  label,
  needed: true,
  first: null,
  isGroup: true,
  draw: (props) => <Among {...props} all={all} options={options} />,
})

/** A day after which something ends; null for never. Ends with that day, in UTC. */
export const untilDay = (label: string, never: string): Entry<string | null> => ({
  label,
  hint: never,
  needed: false,
  first: null,
  draw: ({ control, value, onChange }) => (
    <input
      {...control}
      type="date"
      value={value?.slice(0, 10) ?? ''}
      onChange={({ target }) => onChange(target.value === '' ? null : endOfDay(target.value))}
    />
  ),
})

/** The last second of a day in UTC. */
export const endOfDay = (day: string): string => `${day}T23:59:59Z`

function Among({
  value = null,
  onChange,
  all,
  options,
}: EntryProps<string[] | null> & { readonly all: string; readonly options: Options }) {
  const name = useId()
  return (
    <div className="among">
      <label className="pick">
        <input type="radio" name={name} checked={value === null} onChange={() => onChange(null)} />
        {all}
      </label>
      <label className="pick">
        <input
          type="radio"
          name={name}
          checked={value !== null}
          disabled={options.length === 0}
          onChange={() => onChange([])}
        />
        only these
      </label>
      {value !== null && (
        <div className="picks">
          {options.map(([option, shown]) => (
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
              {shown}
            </label>
          ))}
        </div>
      )}
    </div>
  )
}
