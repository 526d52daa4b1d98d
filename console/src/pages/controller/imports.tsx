import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ask, type Page, part } from '../../ask.ts'
import { useLive } from '../../attended.ts'
import { Button } from '../../ui/button.tsx'
import { countText } from '../../ui/figures.ts'
import { Section } from '../../ui/section.tsx'
import { DataTable } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { Loaded } from '../../ui/waiting.tsx'
import { ImportReportView, ImportState } from './import-report.tsx'
import { type ControllerRead, type ImportReport, type ListedImport, pathOf } from './shapes.ts'

/** The newest imports; one that runs shows how far it has come. */
export function Imports({ controller: { controllerId } }: { readonly controller: ControllerRead }) {
  const everyTwo = useLive(2000)
  const [open, setOpen] = useState<string>()
  const path = `${pathOf(controllerId)}/imports`
  const list = useQuery({
    ...ask<Page<ListedImport>>(path),
    refetchInterval: ({ state: { data } }) =>
      data?.items.some(({ state }) => state === 'running') === true && everyTwo,
  })
  return (
    <Section title="Imports">
      <Loaded query={list} what="Reading the imports">
        {({ items }) => (
          <DataTable
            caption="Imports"
            heads={[
              'Begun',
              'State',
              { number: 'Read' },
              { number: 'Stored' },
              { number: 'Rejected' },
              'Progress',
              { unseen: 'Report' },
            ]}
            rows={items}
            keyOf={({ importId = '' }) => importId}
            empty={
              <section className="sheet">
                <p className="soft">No file was imported yet.</p>
              </section>
            }
          >
            {(one) => (
              <>
                <td>{one.startedAt !== undefined && <Time at={one.startedAt} />}</td>
                <td>
                  <ImportState report={one} />
                </td>
                <td className="number">{countText(one.rowsRead)}</td>
                <td className="number">{countText(one.rowsStored)}</td>
                <td className="number">{countText(one.rowsRejected)}</td>
                <td>
                  {one.state === 'running' && one.bytesTotal !== undefined && (
                    <progress aria-label="Read" value={one.bytesRead} max={one.bytesTotal} />
                  )}
                </td>
                <td>
                  <Button
                    tone="quiet"
                    aria-expanded={open === one.importId}
                    onClick={() => setOpen(open === one.importId ? undefined : one.importId)}
                  >
                    {open === one.importId ? 'Hide' : 'Report'}
                  </Button>
                </td>
              </>
            )}
          </DataTable>
        )}
      </Loaded>
      {open !== undefined && <OneImport path={`${path}/${part(open)}`} importId={open} />}
    </Section>
  )
}

function OneImport({ path, importId }: { readonly path: string; readonly importId: string }) {
  const report = useQuery(ask<ImportReport>(path))
  return (
    <section className="sheet">
      <Loaded query={report} what="Reading the report">
        {(found) => <ImportReportView report={found} fileName={`import-${importId}`} />}
      </Loaded>
    </section>
  )
}
