import { useActors } from '../../actors.tsx'
import type { EntryProps } from './entry.ts'

/** Chooses a person by name; who may not read names types the id. */
export function PersonPick({ control, needed, value = '', onChange }: EntryProps<string>) {
  const people = useActors().people.filter(({ disabledAt }) => disabledAt === null)
  const change = ({ target }: { target: { value: string } }) =>
    onChange(target.value === '' ? undefined : target.value)
  if (people.length === 0)
    return (
      <input
        {...control}
        className="mono"
        placeholder="id"
        required={needed}
        value={value}
        onChange={change}
      />
    )
  return (
    <select {...control} required={needed} value={value} onChange={change}>
      <option value="">{needed ? 'Choose …' : 'none'}</option>
      {people.map(({ personId, name }) => (
        <option key={personId} value={personId}>
          {name}
        </option>
      ))}
    </select>
  )
}
