import { Link } from '@tanstack/react-router'
import { CircleAlert, CircleCheck, CircleDashed } from 'lucide-react'
import { type Heading, needsAttention } from './annex-query.ts'

/** Where a heading stands on the page. */
export const placeOf = ({ document, title }: Heading): string =>
  `${document} ${title}`.toLowerCase().replaceAll(/[^a-z\d]+/g, '-')

/** All headings at a glance, each leading to its lines. */
export const Contents = ({ headings }: { readonly headings: readonly Heading[] }) => (
  <nav aria-label="Headings of the annex">
    <ul className="annex-contents">
      {headings.map((heading) => (
        <li key={placeOf(heading)}>
          <Mark lines={heading.lines} />
          <Link to="." hash={placeOf(heading)} search>
            {heading.title}
          </Link>
          <span className="soft">
            {heading.lines.filter(({ state }) => state === 'proven').length} of{' '}
            {heading.lines.length}
          </span>
        </li>
      ))}
    </ul>
  </nav>
)

function Mark({ lines }: { readonly lines: Heading['lines'] }) {
  if (lines.some(({ state }) => state === 'failing'))
    return <CircleAlert data-tone="bad" aria-label="failing" />
  if (lines.some(({ state }) => needsAttention(state)))
    return <CircleDashed aria-label="not all proven" />
  return <CircleCheck data-tone="good" aria-label="proven" />
}
