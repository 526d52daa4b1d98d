import { Link, useNavigate } from '@tanstack/react-router'
import { type FormEvent, useId } from 'react'
import { useActors, useControllers } from '../../actors.tsx'
import { Button } from '../../ui/button.tsx'
import { Field } from '../../ui/field.tsx'
import { outcomes, type TrailSearch, trailSearch, type Who, whos } from './search.ts'
import { useActions } from '../access/actions.ts'
import './trail.css'

const presets: readonly { readonly name: string; readonly search: TrailSearch }[] = [
  { name: 'Everybody but the house', search: {} },
  { name: 'With the house’s own work', search: { who: 'all' } },
  { name: 'Personal data', search: { action: 'vault.*' } },
  { name: 'Rights and accounts', search: { action: 'identity.*' } },
  { name: 'Keys', search: { action: 'keys.*' } },
  { name: 'Refused', search: { outcome: 'refused' } },
  { name: 'Failed', search: { outcome: 'failed' } },
]

const whoNames: Readonly<Record<Who, string>> = {
  all: 'all',
  people: 'people’s',
  workloads: 'workloads’',
  strangers: 'of nobody known',
  house: 'the house’s own',
}

/** What of the trail to show. It stands in the address, so a view can be handed on as a link. */
export function Filters({ search }: { readonly search: TrailSearch }) {
  const navigate = useNavigate({ from: '/trail' })
  const { controllers } = useControllers()
  const { people, programs } = useActors()
  const actions = useActions()
  const actionList = useId()

  const show = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const given = Object.fromEntries(new FormData(event.currentTarget))
    void navigate({ search: trailSearch(given) })
  }

  return (
    <section className="sheet stack" aria-label="What to show">
      <ul className="presets">
        {presets.map((preset) => (
          <li key={preset.name}>
            <Link
              to="/trail"
              search={preset.search}
              activeOptions={{ exact: true, includeSearch: true }}
            >
              {preset.name}
            </Link>
          </li>
        ))}
      </ul>
      <form className="filters" onSubmit={show} key={JSON.stringify(search)}>
        <Field label="Log">
          {(control) => (
            <select {...control} name="log" defaultValue={search.log ?? ''}>
              <option value="">all</option>
              <option value="house">house</option>
              {controllers.map(({ controllerId, name }) => (
                <option key={controllerId} value={controllerId}>
                  {name}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label="Whose acts">
          {(control) => (
            <select {...control} name="who" defaultValue={search.who ?? ''}>
              <option value="">all but the house’s</option>
              {whos.map((who) => (
                <option key={who} value={who}>
                  {whoNames[who]}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label="Who">
          {(control) => (
            <select {...control} name="actorId" defaultValue={search.actorId ?? ''}>
              <option value="">anybody</option>
              <optgroup label="People">
                {people.map(({ personId, name }) => (
                  <option key={personId} value={personId}>
                    {name}
                  </option>
                ))}
              </optgroup>
              <optgroup label="Workloads">
                {programs.map(({ workloadId, name }) => (
                  <option key={workloadId} value={workloadId}>
                    {name}
                  </option>
                ))}
              </optgroup>
              <optgroup label="Others">
                <option value="house">the house</option>
                <option value="operator">operator on the host</option>
                <option value="anonymous">nobody known</option>
              </optgroup>
            </select>
          )}
        </Field>
        <Field label="Action">
          {(control) => (
            <input
              {...control}
              name="action"
              className="mono"
              list={actionList}
              placeholder="vault.record.read or vault.*"
              pattern="[a-z0-9.\-]+(\.\*)?"
              title="The name of an action, or the start of one that ends in .*"
              defaultValue={search.action ?? ''}
            />
          )}
        </Field>
        <datalist id={actionList}>
          {actions.map(({ action, summary }) => (
            <option key={action} value={action}>
              {summary}
            </option>
          ))}
        </datalist>
        <Field label="Outcome">
          {(control) => (
            <select {...control} name="outcome" defaultValue={search.outcome ?? ''}>
              <option value="">any</option>
              {outcomes.map((outcome) => (
                <option key={outcome}>{outcome}</option>
              ))}
            </select>
          )}
        </Field>
        <Field label="Purpose">
          {(control) => (
            <input
              {...control}
              name="purpose"
              maxLength={100}
              defaultValue={search.purpose ?? ''}
            />
          )}
        </Field>
        <Field label="From (UTC)">
          {(control) => (
            <input
              {...control}
              name="from"
              type="datetime-local"
              defaultValue={search.from ?? ''}
            />
          )}
        </Field>
        <Field label="Until (UTC)">
          {(control) => (
            <input
              {...control}
              name="until"
              type="datetime-local"
              defaultValue={search.until ?? ''}
            />
          )}
        </Field>
        <Button type="submit">Show</Button>
        <details className="fold" open={isNarrow(search)}>
          <summary>Narrower</summary>
          <Narrower search={search} />
        </details>
      </form>
    </section>
  )
}

const isNarrow = ({ subject, sessionId, credentialId, fromIndex, toIndex }: TrailSearch) =>
  [subject, sessionId, credentialId, fromIndex, toIndex].some((each) => each !== undefined)

/** What is rarely asked for by hand; most of it is led to by links. */
const Narrower = ({ search }: { readonly search: TrailSearch }) => (
  <div className="filters">
    <Field label="Subject number" hint="Within the log chosen above">
      {(control) => (
        <input
          {...control}
          name="subject"
          type="number"
          min={0}
          defaultValue={search.subject ?? ''}
        />
      )}
    </Field>
    <Field label="From place" hint="Within the log chosen above">
      {(control) => (
        <input
          {...control}
          name="fromIndex"
          type="number"
          min={0}
          defaultValue={search.fromIndex ?? ''}
        />
      )}
    </Field>
    <Field label="To place" hint="Within the log chosen above">
      {(control) => (
        <input
          {...control}
          name="toIndex"
          type="number"
          min={0}
          defaultValue={search.toIndex ?? ''}
        />
      )}
    </Field>
    <Field label="Session">
      {(control) => (
        <input
          {...control}
          name="sessionId"
          className="mono"
          placeholder="id"
          defaultValue={search.sessionId ?? ''}
        />
      )}
    </Field>
    <Field label="Credential">
      {(control) => (
        <input
          {...control}
          name="credentialId"
          className="mono"
          placeholder="id"
          defaultValue={search.credentialId ?? ''}
        />
      )}
    </Field>
  </div>
)
