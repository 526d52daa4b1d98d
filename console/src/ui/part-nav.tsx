import { Link } from '@tanstack/react-router'
import { useId } from 'react'
import './part-nav.css'

export interface PagePart {
  /** Last part of the address; empty for the first. */
  readonly part: string
  readonly name: string
  /** Said beside the name when it is above zero. */
  readonly count?: number | undefined
}

/** The parts of one place, each at its own address. */
export const PartNav = ({
  label,
  base,
  parts,
  at,
}: {
  readonly label: string
  readonly base: string
  readonly parts: readonly PagePart[]
  readonly at: string
}) => (
  <nav className="part-nav" aria-label={label}>
    <ul>
      {parts.map(({ part, name, count = 0 }) => (
        <li key={part}>
          <Link
            to={addressOf(base, part)}
            activeOptions={{ exact: true }}
            {...(part === at ? { 'aria-current': 'page' as const } : {})}
          >
            {name}
            {count > 0 && <span className="part-count">{count.toLocaleString('en')}</span>}
          </Link>
        </li>
      ))}
    </ul>
  </nav>
)

/** Parts that belong together, under a name of their own. */
export interface PartGroup {
  readonly group: string
  readonly parts: readonly PagePart[]
}

/** The parts of a place that has many: the groups, and below them the parts of the one that is open. */
export function GroupedNav({
  label,
  base,
  groups,
  at,
}: {
  readonly label: string
  readonly base: string
  readonly groups: readonly PartGroup[]
  readonly at: string
}) {
  const id = useId()
  const open = groups.find(({ parts }) => parts.some(({ part }) => part === at))
  return (
    <nav className="part-nav grouped" aria-label={label}>
      <ul>
        {groups.map(({ group, parts }) => (
          <li key={group}>
            <Link
              id={group === open?.group ? id : undefined}
              to={addressOf(base, parts[0]!.part)}
              activeOptions={{ exact: true }}
              {...(group === open?.group
                ? { 'aria-current': parts.length > 1 ? ('true' as const) : ('page' as const) }
                : {})}
            >
              {group}
            </Link>
          </li>
        ))}
      </ul>
      {open !== undefined && open.parts.length > 1 && (
        <ul className="part-group" aria-labelledby={id}>
          {open.parts.map(({ part, name }) => (
            <li key={part}>
              <Link
                to={addressOf(base, part)}
                activeOptions={{ exact: true }}
                {...(part === at ? { 'aria-current': 'page' as const } : {})}
              >
                {name}
              </Link>
            </li>
          ))}
        </ul>
      )}
    </nav>
  )
}

const addressOf = (base: string, part: string) => (part === '' ? base : `${base}/${part}`)
