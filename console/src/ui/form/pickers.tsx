import { useActors, useControllers } from '../../actors.tsx'
import type { EntryProps } from './entry.ts'

export type ControllerPickProps = EntryProps<string>

/** Chooses a person by name; who may not read names types the id. */
export function PersonPick(props: EntryProps<string>) {
  const { people } = useActors()
  return (
    <Pick
      {...props}
      options={people
        .filter(({ disabledAt }) => disabledAt === null)
        .map(({ personId, name }) => [personId, name])}
    />
  )
}

/** Chooses a controller by name. */
export function ControllerPick(props: ControllerPickProps) {
  const { controllers } = useControllers()
  return (
    <Pick
      {...props}
      options={controllers
        .filter(({ state }) => state === 'active')
        .map(({ controllerId, name }) => [controllerId, name])}
    />
  )
}

function Pick({
  control,
  needed,
  value,
  onChange,
  options,
}: EntryProps<string> & { readonly options: readonly (readonly [string, string])[] }) {
  const change = (next: string) => onChange(next === '' ? undefined : next)
  if (options.length === 0)
    return (
      <input
        {...control}
        className="mono"
        placeholder="id"
        required={needed}
        value={value ?? ''}
        onChange={({ target }) => change(target.value)}
      />
    )
  return (
    <select
      {...control}
      required={needed}
      value={value ?? ''}
      onChange={({ target }) => change(target.value)}
    >
      <option value="">{needed ? 'Choose …' : 'none'}</option>
      {options.map(([id, name]) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </select>
  )
}
