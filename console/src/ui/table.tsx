import type { ReactNode } from 'react'

/** Name of a column. A number's stands over its digits; one that needs no words is only heard. */
export type Head = string | { readonly number: string } | { readonly unseen: string }

/**
 * Rows with heads, on their own sheet, scrolling sideways by themselves. `children` gives the cells
 * of one row as `<td>`s; `empty` says how the first row is made.
 */
export function DataTable<Row>({
  caption,
  heads,
  rows,
  keyOf,
  empty,
  children,
}: {
  readonly caption: string
  readonly heads: readonly Head[]
  readonly rows: readonly Row[]
  readonly keyOf: (row: Row) => string
  readonly empty: ReactNode
  readonly children: (row: Row) => ReactNode
}) {
  if (rows.length === 0) return empty
  return (
    <div className="sheet table-wrap" data-name={caption} ref={reachable}>
      <table>
        <caption className="visually-hidden">{caption}</caption>
        <thead>
          <tr>{heads.map(headCell)}</tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>{children(row)}</tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function headCell(head: Head) {
  if (typeof head === 'string')
    return (
      <th key={head} scope="col">
        {head}
      </th>
    )
  if ('number' in head)
    return (
      <th key={head.number} scope="col" className="number">
        {head.number}
      </th>
    )
  return (
    <th key={head.unseen} scope="col">
      <span className="visually-hidden">{head.unseen}</span>
    </th>
  )
}

/** What scrolls must be reachable by keyboard; what does not scroll must not be one more stop. */
export function reachable(region: HTMLElement | null) {
  if (region === null) return undefined
  const observer = new ResizeObserver(() => {
    if (region.scrollWidth > region.clientWidth) {
      region.tabIndex = 0
      region.role = 'region'
      region.ariaLabel = region.dataset['name'] ?? null
    } else {
      region.removeAttribute('tabindex')
      region.role = null
      region.ariaLabel = null
    }
  })
  observer.observe(region)
  return () => observer.disconnect()
}
