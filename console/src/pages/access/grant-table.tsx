import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { ActorName, useControllers } from '../../actors.tsx'
import { shortId } from '../../ui/tellings.tsx'
import { DataTable } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { RevokeGrant } from './revoke-grant.tsx'
import type { Grant } from './shapes.ts'

/** Grants: in whose hands, what they allow, what they are confined to, whether anybody uses them. */
export const GrantTable = ({
  grants,
  caption,
  empty,
}: {
  readonly grants: readonly Grant[]
  readonly caption: string
  readonly empty: ReactNode
}) => (
  <DataTable
    caption={caption}
    heads={['Who', 'Role', 'Controllers', 'Only', 'Last used', 'Ends', { unseen: 'Take back' }]}
    rows={grants}
    keyOf={({ grantId }) => grantId}
    empty={empty}
  >
    {(grant) => (
      <>
        <td>
          <Link to="/access/{-$part}/{-$id}" params={{ part: 'of', id: grant.actorId }}>
            {grant.actorName ?? <ActorName id={grant.actorId} />}
          </Link>
          <div className="soft">{grant.actorKind}</div>
        </td>
        <td>
          <details className="actions-of">
            <summary>{grant.role}</summary>
            <Actions actions={grant.actions} />
          </details>
        </td>
        <td>
          <ControllerNames ids={grant.controllers} />
        </td>
        <td>
          <Confined grant={grant} />
        </td>
        <td>{grant.lastUsedAt === null ? 'never' : <Time at={grant.lastUsedAt} />}</td>
        <td>{grant.expiresAt === null ? 'not by itself' : <Time at={grant.expiresAt} />}</td>
        <td>
          <RevokeGrant grant={grant} />
        </td>
      </>
    )}
  </DataTable>
)

export const Actions = ({ actions }: { readonly actions: readonly string[] }) => (
  <ul className="tags">
    {actions.map((action) => (
      <li key={action}>
        <code>{action}</code>
      </li>
    ))}
  </ul>
)

export function ControllerNames({ ids }: { readonly ids: readonly string[] | null }) {
  const { nameOf } = useControllers()
  if (ids === null) return <>all, and the house</>
  return (
    <>
      {ids.map((id) => (
        <div key={id} title={id}>
          {nameOf(id) ?? shortId(id)}
        </div>
      ))}
    </>
  )
}

const Confined = ({ grant: { categories, purposes } }: { readonly grant: Grant }) => (
  <>
    {categories !== null && <div>categories {categories.join(', ')}</div>}
    {purposes !== null && <div>purposes {purposes.join(', ')}</div>}
    {categories === null && purposes === null && <span className="soft">no further bounds</span>}
  </>
)
