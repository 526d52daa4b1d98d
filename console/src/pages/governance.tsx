import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { ask, type Page } from '../ask.ts'
import { NoPage } from '../shell/no-page.tsx'
import { mayAsk, useSelf } from '../self.ts'
import { NotGranted } from '../ui/may.tsx'
import { PageHead } from '../ui/page-head.tsx'
import { PartNav } from '../ui/part-nav.tsx'
import { Changes } from './governance/changes.tsx'
import { Contracts } from './governance/contracts.tsx'
import { Endpoints } from './governance/endpoints.tsx'
import { Obligations } from './governance/obligations.tsx'
import { PenetrationTests } from './governance/penetration-tests.tsx'
import { Releases } from './governance/releases.tsx'
import { bounds, type RegisterName, type RegisterState } from './governance/shapes.ts'
import { Sites } from './governance/sites.tsx'
import { Trainings } from './governance/trainings.tsx'
import { Vendors } from './governance/vendors.tsx'
import { Vulnerabilities } from './governance/vulnerabilities.tsx'
import './governance/governance.css'

const here = getRouteApi('/house/governance/{-$register}')

interface RegisterProps {
  readonly register: RegisterState | undefined
}

const registers: Readonly<
  Record<
    RegisterName,
    { readonly name: string; readonly Shown: (props: RegisterProps) => ReactNode }
  >
> = {
  vendors: { name: 'Vendors', Shown: Vendors },
  contracts: { name: 'Contracts', Shown: Contracts },
  trainings: { name: 'Training', Shown: Trainings },
  vulnerabilities: { name: 'Vulnerabilities', Shown: Vulnerabilities },
  'penetration-tests': { name: 'Penetration tests', Shown: PenetrationTests },
  changes: { name: 'Changes', Shown: Changes },
  endpoints: { name: 'Devices', Shown: Endpoints },
  sites: { name: 'Sites', Shown: Sites },
  releases: { name: 'Releases', Shown: Releases },
}

/** What nobody can measure from inside: entered by people, each with an owner and a due day. */
export default function Governance() {
  const { register: part = '' } = here.useParams()
  const self = useSelf()
  const states = useQuery({
    ...ask<Page<RegisterState>>('/v1/registers'),
    enabled: mayAsk(self, 'governance.register.list'),
  }).data?.items
  if (part !== '' && !isRegister(part)) return <NoPage />
  const stateOf = (name: RegisterName) => states?.find((state) => state.name === name)
  return (
    <>
      <PageHead
        title="Governance"
        lead="Registers of what no probe can see from inside. Every entry has an owner and a day; what is past its day shows in the annex."
      />
      <PartNav
        label="Registers"
        base="/governance"
        at={part}
        parts={[
          { part: '', name: 'Obligations' },
          ...Object.entries(registers).map(([name, { name: title }]) => ({
            part: name,
            name: title,
            count: stateOf(name as RegisterName)?.open,
          })),
        ]}
      />
      {part === '' ? <Obligations /> : <One name={part} state={stateOf(part)} />}
    </>
  )
}

function One({
  name,
  state,
}: {
  readonly name: RegisterName
  readonly state: RegisterState | undefined
}) {
  const { Shown } = registers[name]
  const action = `governance.${bounds[name].thing}.list`
  if (!mayAsk(useSelf(), action)) return <NotGranted what="this register" action={action} />
  return <Shown key={name} register={state} />
}

const isRegister = (part: string): part is RegisterName => Object.hasOwn(registers, part)
