import type { Entry, EntryProps } from '../../ui/form/entry.ts'
import type { KnownAction } from './actions.ts'

/** Actions to allow, room by room: a whole room, or one by one. */
export const actionsEntry = (label: string, known: readonly KnownAction[]): Entry<string[]> => ({
  label,
  needed: true,
  isGroup: true,
  draw: (props) => <ActionPicker {...props} known={known} />,
})

function ActionPicker({
  value = [],
  onChange,
  known,
}: EntryProps<string[]> & { readonly known: readonly KnownAction[] }) {
  const toggle = (action: string, on: boolean) =>
    onChange(on ? [...value, action] : value.filter((each) => each !== action))
  const rooms = Map.groupBy(known, ({ action }) => action.split('.')[0] ?? '')
  // A prefix such as vault.subject.* is no action of the list; it must not be lost by opening the form.
  const others = value.filter(
    (each) => !known.some(({ action }) => action === each) && !/^[a-z]+\.\*$/.test(each),
  )
  return (
    <>
      {[...rooms].map(([room, actions]) => (
        <Room key={room} room={room} actions={actions} value={value} toggle={toggle} />
      ))}
      {others.map((action) => (
        <label key={action} className="pick">
          <input type="checkbox" checked onChange={() => toggle(action, false)} />
          <code>{action}</code>
        </label>
      ))}
    </>
  )
}

function Room({
  room,
  actions,
  value,
  toggle,
}: {
  readonly room: string
  readonly actions: readonly KnownAction[]
  readonly value: readonly string[]
  readonly toggle: (action: string, on: boolean) => void
}) {
  const all = `${room}.*`
  const isAll = value.includes(all)
  const chosen = actions.filter(({ action }) => value.includes(action)).length
  return (
    <details className="action-room">
      <summary>
        {room}{' '}
        {isAll ? <strong>everything</strong> : chosen > 0 && <strong>{chosen} chosen</strong>}
      </summary>
      <div className="action-list">
        <label className="pick">
          <input
            type="checkbox"
            checked={isAll}
            onChange={({ target }) => toggle(all, target.checked)}
          />
          <code>{all}</code>
          <span className="soft">everything in this room, now and later</span>
        </label>
        {actions.map(({ action, summary }) => (
          <label key={action} className="pick">
            <input
              type="checkbox"
              checked={value.includes(action)}
              onChange={({ target }) => toggle(action, target.checked)}
            />
            <code>{action}</code>
            <span className="soft">{summary}</span>
          </label>
        ))}
      </div>
    </details>
  )
}
