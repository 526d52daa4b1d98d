import { useQuery } from '@tanstack/react-query'
import { ask, type Page } from '../../ask.ts'
import { countText, sizeText } from '../../ui/figures.ts'
import { useMay } from '../../ui/may.tsx'
import type { ListedImport } from './shapes.ts'

/**
 * How far a file has come. Bytes leave a browser long before they are rows, so while rows are stored
 * the house itself is asked; a trial has no rows to ask for, and tells of what was sent.
 */
export function ImportBar({
  path,
  sent,
  total,
  storing,
}: {
  readonly path: string
  readonly sent: number
  readonly total: number
  readonly storing: boolean
}) {
  const isAllowed = useMay('vault.import.list')
  const imports = useQuery({
    ...ask<Page<ListedImport>>(path),
    enabled: storing && isAllowed,
    refetchInterval: 1500,
  })
  const under = storing
    ? imports.data?.items.find((one) => one.state === 'running' && one.bytesTotal === total)
    : undefined
  return (
    <div className="stack">
      <Bar value={under?.bytesRead ?? (sent < total ? sent : undefined)} total={total} />
      <p className="soft" aria-live="polite">
        {under === undefined ? sentText(sent, total) : readText(under, total)}
      </p>
    </div>
  )
}

const Bar = ({ value, total }: { readonly value: number | undefined; readonly total: number }) => (
  <progress
    aria-label="How far the file has come"
    max={Math.max(1, total)}
    {...(value === undefined ? {} : { value })}
  />
)

const sentText = (sent: number, total: number): string =>
  sent < total
    ? `${sizeText(sent)} of ${sizeText(total)} sent`
    : `All ${sizeText(total)} are sent; the house reads …`

const readText = ({ bytesRead, rowsStored, rowsRejected }: ListedImport, total: number): string =>
  `${sizeText(bytesRead)} of ${sizeText(total)}: ${countText(rowsStored)} rows stored, ${countText(rowsRejected)} rejected`
