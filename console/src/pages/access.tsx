import { getRouteApi } from '@tanstack/react-router'
import { NoPage } from '../shell/no-page.tsx'
import { PageHead } from '../ui/page-head.tsx'
import { GroupedNav } from '../ui/part-nav.tsx'
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

const groups = [
  {
    group: 'Who and what',
    parts: [
      {
        part: '',
        name: 'Who and what',
        Part: ({ id }: AccessPartProps) => <Doors actorId={id} />,
      },
    ],
  },
  {
    group: 'Accounts',
    parts: [
      { part: 'people', name: 'People', Part: PeoplePart },
      { part: 'workloads', name: 'Workloads', Part: WorkloadsPart },
      { part: 'providers', name: 'Single sign-on', Part: ProvidersPart },
    ],
  },
  {
    group: 'Rights',
    parts: [
      { part: 'grants', name: 'Grants', Part: GrantsPart },
      { part: 'roles', name: 'Roles', Part: RolesPart },
      { part: 'policy', name: 'Policy', Part: PolicyPart },
    ],
  },
  {
    group: 'Requests and locks',
    parts: [
      { part: 'requests', name: 'Requests', Part: RequestsPart },
      { part: 'locks', name: 'Locks', Part: LocksPart },
    ],
  },
  {
    group: 'Reviews',
    parts: [
      { part: 'reviews', name: 'Reviews', Part: ReviewsPart },
      { part: 'privilege', name: 'Least privilege', Part: PrivilegePart },
    ],
  },
]
const parts = groups.flatMap((group) => group.parts)

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
      <GroupedNav label="Parts of access" base="/access" at={shown.part} groups={groups} />
      <shown.Part key={`${part} ${id}`} id={id} />
    </>
  )
}
