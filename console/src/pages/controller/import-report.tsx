import { Download } from 'lucide-react'
import { Button } from '../../ui/button.tsx'
import { countText } from '../../ui/figures.ts'
import { save } from '../../ui/save.ts'
import { State } from '../../ui/state.tsx'
import { DataTable } from '../../ui/table.tsx'
import type { ImportReport, ListedImport } from './shapes.ts'

/** How an import went: figures, and every row that did not fit, by number and reason, never by value. */
export const ImportReportView = ({
  report,
  fileName,
}: {
  readonly report: ImportReport
  readonly fileName: string
}) => (
  <div className="stack" aria-live="polite">
    <dl className="figures">
      <Figure name="Rows read" count={report.rowsRead} />
      <Figure name={report.check ? 'Would be stored' : 'Stored'} count={report.rowsStored} />
      {!report.check && <Figure name="Of these, replaced" count={report.rowsReplaced} />}
      <Figure name="Rejected" count={report.rowsRejected} />
    </dl>
    <p>
      <ImportState report={report} /> {report.message}
    </p>
    {report.errors.length > 0 && (
      <div className="row spread">
        <p>
          {report.errors.length < report.rowsRejected
            ? `The first ${countText(report.errors.length)} rejected rows. Mend them and send the file again: rows replace their like.`
            : 'Mend these rows and send the file again: rows replace their like.'}
        </p>
        <Button tone="quiet" onClick={() => save(`${fileName}-rejected.csv`, rejectedCsv(report))}>
          <Download aria-hidden />
          Rejected rows
        </Button>
      </div>
    )}
    <DataTable
      caption="Rejected rows"
      heads={[{ number: 'Row' }, 'Why', 'Code']}
      rows={report.errors.slice(0, 100)}
      keyOf={({ row }) => String(row)}
      empty={null}
    >
      {({ row, message, code }) => (
        <>
          <td className="number">{countText(row)}</td>
          <td>{message}</td>
          <td className="mono">{code}</td>
        </>
      )}
    </DataTable>
  </div>
)

const Figure = ({ name, count }: { readonly name: string; readonly count: number }) => (
  <div>
    <dt>{name}</dt>
    <dd>{countText(count)}</dd>
  </div>
)

export function ImportState({
  report: { state, check, rowsRejected },
}: {
  readonly report: Pick<ListedImport, 'state' | 'check' | 'rowsRejected'>
}) {
  if (state === 'running') return <State word="running" tone="plain" />
  if (state !== 'finished') return <State word={state} tone="bad" />
  if (rowsRejected > 0)
    return (
      <State word={check ? 'some rows do not fit' : 'finished, with rejected rows'} tone="warn" />
    )
  return <State word={check ? 'every row fits' : 'finished'} tone="good" />
}

const rejectedCsv = ({ errors }: ImportReport): Blob =>
  new Blob(
    [
      'row,code,message\r\n',
      ...errors.map(
        ({ row, code, message }) => `${row},${code},"${message.replaceAll('"', '""')}"\r\n`,
      ),
    ],
    { type: 'text/csv' },
  )
