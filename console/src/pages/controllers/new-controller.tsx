import { Link, useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import type { Static } from 'typebox'
import type { Controller as ControllerShape } from '../../../../src/vault/wire.ts'
import { call } from '../../api.ts'
import { keyOf } from '../../ask.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { May, NotGranted } from '../../ui/may.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { useCall } from '../../ui/use-call.ts'
import { ContractForm } from './contract-form.tsx'
import { Judge } from './judge.tsx'
import { emptyDraft, exampleDraft, type Terms, termsOf } from './draft.ts'

/** Takes a controller in: contract, keys, place for data, in one act. */
export default function NewController() {
  return (
    <>
      <p className="crumb">
        <Link to="/controllers">Controllers</Link>
      </p>
      <May
        ask="vault.controller.create"
        otherwise={<NotGranted what="this form" action="vault.controller.create" />}
      >
        <TakeIn />
      </May>
    </>
  )
}

function TakeIn() {
  const navigate = useNavigate()
  const [draft, setDraft] = useState(emptyDraft)
  const create = useCall<Terms, Static<typeof ControllerShape>>({
    deed: (body) => call('POST', '/v1/controllers', { body }),
    said: ({ name }) => `${name} was taken in`,
    renews: [keyOf('/v1/controllers')],
  })

  async function send(event: FormEvent) {
    event.preventDefault()
    const { synthetic } = draft
    const { value } = await create.mutateAsync({ ...termsOf(draft), synthetic })
    await navigate({
      to: '/controllers/$controllerId/{-$part}',
      params: { controllerId: value.controllerId },
    })
  }

  return (
    <form
      className="stack"
      onSubmit={(event) => {
        // The mutation keeps the refusal; it stands above the button.
        send(event).catch(() => undefined)
      }}
    >
      <PageHead
        title="Take a controller in"
        lead="The facts of its contract. They bound what may be stored, seen and kept from the first record on."
      >
        <Button tone="quiet" onClick={() => setDraft(exampleDraft(draft))}>
          Fill in an example
        </Button>
      </PageHead>
      <ContractForm draft={draft} onChange={setDraft} />
      <May ask="vault.controller.judge">
        <Judge draft={draft} at="/v1/controllers" />
      </May>
      <section className="sheet stack">
        <label className="pick">
          <input
            type="checkbox"
            checked={draft.synthetic}
            onChange={({ target }) => setDraft({ ...draft, synthetic: target.checked })}
          />
          Synthetic: for drills and trials, no real persons
        </label>
        <ErrorNotice error={create.error} />
        <div className="row">
          <Button type="submit" pending={create.isPending}>
            Take the controller in
          </Button>
          <Link className="button quiet" to="/controllers">
            Cancel
          </Link>
        </div>
      </section>
    </form>
  )
}
