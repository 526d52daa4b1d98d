import { Link } from '@tanstack/react-router'
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
            to={part === '' ? base : `${base}/${part}`}
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
