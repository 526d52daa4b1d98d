import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useState } from 'react'
import { ask } from '../ask.ts'
import { NoPage } from '../shell/no-page.tsx'
import type { Why } from '../streams.ts'
import { counted } from '../ui/figures.ts'
import { PageHead } from '../ui/page-head.tsx'
import { PartNav } from '../ui/part-nav.tsx'
import { Loaded } from '../ui/waiting.tsx'
import { ContractPart } from './controller/contract-part.tsx'
import { ObjectionsPart } from './controller/objections-part.tsx'
import { PeoplePart } from './controller/people-part.tsx'
import { ProtectionPart } from './controller/protection-part.tsx'
import { RequestsPart } from './controller/requests-part.tsx'
import { type ControllerRead, type PartProps, pathOf } from './controller/shapes.ts'
import { TransfersPart } from './controller/transfers-part.tsx'
import { ControllerState } from './controllers/state.tsx'
import './controller/controller.css'
import '../ui/form/form.css'

const here = getRouteApi('/house/controllers/$controllerId/{-$part}')

const parts = [
  { part: '', name: 'Contract', Part: ContractPart },
  { part: 'people', name: 'People', Part: PeoplePart },
  { part: 'requests', name: 'Requests', Part: RequestsPart },
  { part: 'transfers', name: 'Import and export', Part: TransfersPart },
  { part: 'protection', name: 'Retention and canaries', Part: ProtectionPart },
  { part: 'objections', name: 'Objections', Part: ObjectionsPart },
]

/** One controller: its contract, its people's data, what comes in and goes out. */
export default function ControllerPage() {
  const { controllerId } = here.useParams()
  const controller = useQuery(ask<ControllerRead>(pathOf(controllerId)))
  return (
    <>
      <p className="crumb">
        <Link to="/controllers">Controllers</Link>
      </p>
      <Loaded query={controller} what="Reading the contract">
        {(found) => <Found key={found.controllerId} controller={found} />}
      </Loaded>
    </>
  )
}

function Found({ controller }: Pick<PartProps, 'controller'>) {
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
      <PageHead
        title={controller.name}
        lead={`${counted(controller.subjects, 'subject')}, ${counted(controller.records, 'record')}; contract version ${controller.version}`}
      >
        <ControllerState controller={controller} />
      </PageHead>
      <PartNav
        label="Parts of the controller"
        base={`/controllers/${controller.controllerId}`}
        at={part}
        parts={parts}
      />
      <shown.Part controller={controller} why={{ ...why, set }} />
    </>
  )
}
