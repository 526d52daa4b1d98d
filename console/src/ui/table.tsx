import type { ReactNode } from 'react'

export interface Column<Row> {
  readonly head: ReactNode
  readonly cell: (row: Row) => ReactNode
  readonly number?: boolean
}

/** Rows with heads, on their own sheet, scrolling sideways by themselves. Say in `empty` how the first row is made. */
export function DataTable<Row>({
  caption,
  columns,
  rows,
  keyOf,
  empty,
}: {
  readonly caption: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly keyOf: (row: Row) => string
  readonly empty: ReactNode
}) {
  if (rows.length === 0) return empty
  return (
    <section className="sheet table-wrap" aria-label={caption} ref={reachable}>
      <table>
        <caption className="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ head, number }, place) => (
              <th key={place} scope="col" className={number ? 'number' : undefined}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map(({ cell, number }, place) => (
                <td key={place} className={number ? 'number' : undefined}>
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

/** What scrolls must be reachable by keyboard; what does not scroll must not be one more stop. */
function reachable(region: HTMLElement | null) {
  if (region === null) return undefined
  const observer = new ResizeObserver(() => {
    if (region.scrollWidth > region.clientWidth) region.tabIndex = 0
    else region.removeAttribute('tabindex')
  })
  observer.observe(region)
  return () => observer.disconnect()
}
