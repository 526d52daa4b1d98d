import { download } from '../../streams.ts'
import { sizeText } from '../../ui/figures.ts'
import type { Form } from '../../ui/form/entry.ts'
import { choice, text } from '../../ui/form/entries.tsx'
import { FormDialog } from '../../ui/form/form-dialog.tsx'
import { save } from '../../ui/save.ts'
import { useCall } from '../../ui/use-call.ts'
import { askedOf, type TrailSearch } from './search.ts'

interface Order {
  readonly format: 'csv' | 'ndjson' | 'ocsf'
  readonly reason: string
}

const form: Form<Order> = {
  format: choice<Order['format']>(
    'Format',
    { csv: 'CSV, for a spreadsheet', ndjson: 'NDJSON, everything', ocsf: 'OCSF 1.8 events' },
    { first: 'csv' },
  ),
  reason: text('Reason', { most: 500, hint: 'It goes into the entry that tells of the export' }),
}

/** What the search finds, as a file. */
export function ExportTrail({ search }: { readonly search: TrailSearch }) {
  const run = useCall<Order, number>({
    async deed({ format, reason }) {
      const query = new URLSearchParams({ ...textsOf(askedOf(search)), format })
      const why = { purpose: '', reason }
      const { bytes, name, entryId } = await download(`/v1/trail/export?${query}`, why, () => {})
      save(name, bytes)
      return { value: bytes.size, entryId }
    },
    said: (size) => `Exported ${sizeText(size)}`,
  })
  return (
    <FormDialog
      verb="Export"
      title="Export what this search finds"
      lead="Names and addresses leave the house with it. Every five hundred entries leave an entry of their own before they go."
      form={form}
      call={run}
    />
  )
}

/** Every part as an address line says it. */
export const textsOf = (asked: object): Record<string, string> =>
  Object.fromEntries(Object.entries(asked).map(([name, value]) => [name, String(value)]))
