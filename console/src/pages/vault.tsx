import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useControllers } from '../actors.tsx'
import { ask } from '../ask.ts'
import { NoPage } from '../shell/no-page.tsx'
import type { Why } from '../streams.ts'
import { Empty } from '../ui/empty.tsx'
import { Field } from '../ui/field.tsx'
import { counted } from '../ui/figures.ts'
import { May, NotGranted } from '../ui/may.tsx'
import { PageHead } from '../ui/page-head.tsx'
import { PartNav } from '../ui/part-nav.tsx'
import { Loaded, Waiting } from '../ui/waiting.tsx'
import { ContractFacts } from './controller/contract-facts.tsx'
import { ExportRequests } from './controller/export-requests.tsx'
import { IntegrityPart } from './controller/integrity-part.tsx'
import { PeoplePart } from './controller/people-part.tsx'
import { ProtectionPart } from './controller/protection-part.tsx'
import { RequestsPart } from './controller/requests-part.tsx'
import { type ControllerRead, type PartProps, pathOf } from './controller/shapes.ts'
import { TokensPart } from './controller/tokens-part.tsx'
import './controller/controller.css'
import '../ui/form/form.css'

const here = getRouteApi('/house/vault/{-$controllerId}/{-$part}')

const parts = [
  { part: '', name: 'Subjects', Part: PeoplePart },
  { part: 'requests', name: 'Requests', Part: RequestsPart },
  { part: 'retention', name: 'Retention', Part: ProtectionPart },
  { part: 'tokens', name: 'Tokens', Part: TokensPart },
  { part: 'exports', name: 'Exports by two', Part: ExportRequests },
  { part: 'integrity', name: 'Integrity', Part: IntegrityPart },
  { part: 'schema', name: 'Schema', Part: SchemaPart },
]

/** The data itself: whose it is, who may see how much of it, who did, and how it ends. */
export default function Vault() {
  const { controllerId } = here.useParams()
  return (
    <>
      <PageHead
        title="Vault"
        lead="Personal data of each controller’s people. Every look needs a purpose and a reason, and is an entry at once."
      />
      <May
        ask="vault.controller.list"
        otherwise={
          controllerId === undefined && (
            <NotGranted what="the list of controllers" action="vault.controller.list" />
          )
        }
      >
        <Pick controllerId={controllerId} />
      </May>
      {controllerId !== undefined && <Chosen key={controllerId} controllerId={controllerId} />}
    </>
  )
}

function Pick({ controllerId }: { readonly controllerId: string | undefined }) {
  const navigate = useNavigate()
  const { isReady, controllers } = useControllers()
  const all = controllers.filter(({ state }) => state === 'active')
  if (!isReady) return <Waiting what="Reading the controllers" />
  return (
    <div className="vault-pick">
      {all.length === 0 ? (
        <Empty title="No controller is here">
          <p>
            Data belongs to a controller. <Link to="/controllers/new">Take the first one in</Link>,
            then import its people or put the first record.
          </p>
        </Empty>
      ) : (
        <Field label="Controller">
          {(control) => (
            <select
              {...control}
              value={controllerId ?? ''}
              onChange={({ target }) =>
                void navigate({
                  to: '/vault/{-$controllerId}/{-$part}',
                  params: target.value === '' ? {} : { controllerId: target.value },
                })
              }
            >
              <option value="">Choose …</option>
              {all.map((one) => (
                <option key={one.controllerId} value={one.controllerId}>
                  {one.name} ({counted(one.subjects, 'subject')})
                </option>
              ))}
            </select>
          )}
        </Field>
      )}
    </div>
  )
}

function Chosen({ controllerId }: { readonly controllerId: string }) {
  const controller = useQuery(ask<ControllerRead>(pathOf(controllerId)))
  return (
    <Loaded query={controller} what="Reading the contract">
      {(found) => <Explorer controller={found} />}
    </Loaded>
  )
}

function Explorer({ controller }: Pick<PartProps, 'controller'>) {
  const { part = '' } = here.useParams()
  const [why, setWhy] = useState<Why>({
    purpose: controller.purposes.length === 1 ? controller.purposes[0]!.name : '',
    reason: '',
  })
  const shown = parts.find((each) => each.part === part)
  if (shown === undefined) return <NoPage />
  const set = (next: Partial<Why>) => setWhy((before) => ({ ...before, ...next }))
  return (
    <>
      <PartNav
        label="Parts of the vault"
        base={`/vault/${controller.controllerId}`}
        at={part}
        parts={parts}
      />
      <shown.Part controller={controller} why={{ ...why, set }} />
    </>
  )
}

/** What may stand in the vault at all; the contract says it, and is amended at the controller. */
function SchemaPart({ controller }: PartProps) {
  return (
    <div className="stack">
      <ContractFacts controller={controller} />
      <p>
        <Link
          to="/controllers/$controllerId/{-$part}"
          params={{ controllerId: controller.controllerId, part: undefined }}
        >
          To the contract, to amend it
        </Link>
      </p>
    </div>
  )
}
