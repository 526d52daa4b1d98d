import { getRouteApi } from '@tanstack/react-router'
import { NoPage } from '../shell/no-page.tsx'
import { PageHead } from '../ui/page-head.tsx'
import { PartNav } from '../ui/part-nav.tsx'
import { Doors } from './access/doors.tsx'
import { GrantsPart } from './access/grants-part.tsx'
import { LocksPart } from './access/locks-part.tsx'
import { PeoplePart } from './access/people-part.tsx'
import { ProvidersPart } from './access/providers-part.tsx'
import { PolicyPart } from './access/policy-part.tsx'
import { PrivilegePart } from './access/privilege-part.tsx'
import { RequestsPart } from './access/requests-part.tsx'
import { ReviewsPart } from './access/reviews-part.tsx'
import { RolesPart } from './access/roles-part.tsx'
import type { AccessPartProps } from './access/shapes.ts'
import { WorkloadsPart } from './access/workloads-part.tsx'
import './access/access.css'

const here = getRouteApi('/house/access/{-$part}/{-$id}')

const parts = [
  {
    part: '',
    name: 'Who and what',
    Part: ({ id }: AccessPartProps) => <Doors actorId={id} />,
  },
  { part: 'people', name: 'People', Part: PeoplePart },
  { part: 'workloads', name: 'Workloads', Part: WorkloadsPart },
  { part: 'roles', name: 'Roles', Part: RolesPart },
  { part: 'grants', name: 'Grants', Part: GrantsPart },
  { part: 'requests', name: 'Requests', Part: RequestsPart },
  { part: 'privilege', name: 'Least privilege', Part: PrivilegePart },
  { part: 'policy', name: 'Policy', Part: PolicyPart },
  { part: 'locks', name: 'Locks', Part: LocksPart },
  { part: 'reviews', name: 'Reviews', Part: ReviewsPart },
  { part: 'providers', name: 'Single sign-on', Part: ProvidersPart },
]

/** Who may do what, by which grant, and who has looked at it since. */
export default function Access() {
  const { part = '', id } = here.useParams()
  // "What can X do?" is answered at /access/of/<id>.
  const shown = parts.find((each) => each.part === (part === 'of' ? '' : part))
  if (shown === undefined) return <NoPage />
  return (
    <>
      <PageHead
        title="People & access"
        lead="Nothing is allowed that no grant allows, and every grant can be taken back with effect on the next request."
      />
      <PartNav label="Parts of access" base="/access" at={shown.part} parts={parts} />
      <shown.Part key={`${part} ${id}`} id={id} />
    </>
  )
}
