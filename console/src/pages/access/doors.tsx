import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useId, useState } from 'react'
import { ActorName, useActors, useControllers } from '../../actors.tsx'
import { ask, type Page, part } from '../../ask.ts'
import { Button } from '../../ui/button.tsx'
import { Field } from '../../ui/field.tsx'
import { counted, listed } from '../../ui/figures.ts'
import { May, NotGranted, useMay } from '../../ui/may.tsx'
import { Section } from '../../ui/section.tsx'
import { Loaded } from '../../ui/waiting.tsx'
import { useActions } from './actions.ts'
import { GrantTable } from './grant-table.tsx'
import type { Access, Grant } from './shapes.ts'

interface Asked {
  readonly action: string
  readonly controllerId: string
}

/** The two doors to rights: who can do this, and what can somebody do. */
export function Doors({ actorId }: { readonly actorId: string | undefined }) {
  const [asked, setAsked] = useState<Asked>()
  const isOpen = [useMay('identity.access.who'), useMay('identity.access.read')].includes(true)
  if (!isOpen) return <NotGranted what="who may do what" action="identity.access.who" />
  return (
    <div className="stack">
      <div className="doors">
        <May ask="identity.access.who">
          <WhoForm onAsk={setAsked} />
        </May>
        <May ask="identity.access.read">
          <WhatForm actorId={actorId} />
        </May>
      </div>
      {asked !== undefined && <WhoAnswer asked={asked} />}
      {actorId !== undefined && <WhatAnswer actorId={actorId} />}
    </div>
  )
}

function WhoForm({ onAsk }: { readonly onAsk: (asked: Asked) => void }) {
  const { controllers } = useControllers()
  const actions = useActions()
  const list = useId()
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const given = new FormData(event.currentTarget)
    onAsk({
      action: textIn(given, 'action'),
      controllerId: textIn(given, 'controllerId'),
    })
  }
  return (
    <form className="sheet stack" onSubmit={send}>
      <h2>Who can do this?</h2>
      <Field label="Action">
        {(control) => (
          <input
            {...control}
            className="mono"
            name="action"
            list={list}
            required
            placeholder="vault.record.reveal"
            maxLength={100}
            autoComplete="off"
          />
        )}
      </Field>
      <datalist id={list}>
        {actions.map(({ action, summary }) => (
          <option key={action} value={action}>
            {summary}
          </option>
        ))}
      </datalist>
      <Field label="For">
        {(control) => (
          <select {...control} name="controllerId" defaultValue="">
            <option value="">the house</option>
            {controllers.map(({ controllerId, name }) => (
              <option key={controllerId} value={controllerId}>
                {name}
              </option>
            ))}
          </select>
        )}
      </Field>
      <div>
        <Button type="submit">Who can?</Button>
      </div>
    </form>
  )
}

function WhatForm({ actorId = '' }: { readonly actorId: string | undefined }) {
  const { people, programs } = useActors()
  const navigate = useNavigate()
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const id = textIn(new FormData(event.currentTarget), 'actorId')
    void navigate({ to: '/access/{-$part}/{-$id}', params: { part: 'of', id } })
  }
  return (
    <form className="sheet stack" onSubmit={send}>
      <h2>What can somebody do?</h2>
      <Field label="Person or workload">
        {(control) => (
          <select {...control} name="actorId" required defaultValue={actorId} key={people.length}>
            <option value="">Choose …</option>
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
          </select>
        )}
      </Field>
      <p className="soft">Answers with every grant in force, and what it is confined to.</p>
      <div>
        <Button type="submit">What can they do?</Button>
      </div>
    </form>
  )
}

function WhoAnswer({ asked: { action, controllerId } }: { readonly asked: Asked }) {
  const { nameOf } = useControllers()
  const query = { action, controllerId: controllerId === '' ? undefined : controllerId }
  const who = useQuery(ask<Page<Grant>>('/v1/access/who', query))
  const where = controllerId === '' ? 'in the house' : `for ${nameOf(controllerId) ?? controllerId}`
  return (
    <Section title={<>Who can do {action}</>} lead={`${where}, right now`}>
      <Loaded query={who} what="Asking who can">
        {({ items }) => (
          <GrantTable
            grants={items}
            caption={`Who can do ${action}`}
            empty={
              <section className="sheet">
                <p>
                  Nobody: no grant in force allows {action} {where}.
                </p>
              </section>
            }
          />
        )}
      </Loaded>
    </Section>
  )
}

function WhatAnswer({ actorId }: { readonly actorId: string }) {
  const access = useQuery(ask<Access>(`/v1/actors/${part(actorId)}/access`))
  return (
    <Section
      title={
        <>
          What <ActorName id={actorId} /> can do
        </>
      }
    >
      <Loaded query={access} what="Asking what they can do">
        {({ items, actions }) => (
          <>
            <GrantTable
              grants={items}
              caption="What they can do"
              empty={
                <section className="sheet">
                  <p>Nothing: no grant is in force. Give one under Grants.</p>
                </section>
              }
            />
            {actions.length > 0 && <ByAction actions={actions} grants={items} />}
          </>
        )}
      </Loaded>
    </Section>
  )
}

/** The same answer the other way round: each action, and the roles that allow it. */
const ByAction = ({
  actions,
  grants,
}: {
  readonly actions: Access['actions']
  readonly grants: readonly Grant[]
}) => (
  <section className="sheet">
    <details className="actions-of">
      <summary>{counted(actions.length, 'action')}, one by one</summary>
      <ul className="plain-list">
        {actions.map(({ action, summary, grantIds }) => (
          <li key={action}>
            <code>{action}</code> <span className="soft">{summary}</span> by{' '}
            {listed(grantIds.map((id) => grants.find(({ grantId }) => grantId === id)?.role ?? id))}
          </li>
        ))}
      </ul>
    </details>
  </section>
)

function textIn(form: FormData, name: string): string {
  const value = form.get(name)
  return typeof value === 'string' ? value.trim() : ''
}
