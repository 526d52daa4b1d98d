import { Empty } from '../../ui/empty.tsx'
import { May } from '../../ui/may.tsx'
import { ExportForm } from './export-form.tsx'
import { ExportRequests } from './export-requests.tsx'
import { ImportForm } from './import-form.tsx'
import { Imports } from './imports.tsx'
import type { PartProps } from './shapes.ts'
import { WhyFields } from './why-fields.tsx'

/** What comes in as files, and what goes out. */
export function TransfersPart(props: PartProps) {
  const { controller } = props
  if (controller.state !== 'active')
    return (
      <Empty title="Nothing comes in or goes out">
        <p>
          This controller is closed, leaving or has left. While it is only closed, its return is
          fetched under Contract, or on the command line.
        </p>
      </Empty>
    )
  return (
    <div className="stack">
      <section className="sheet stack">
        <h2>Why</h2>
        <WhyFields {...props} />
      </section>
      <May ask="vault.record.import">
        <ImportForm {...props} />
      </May>
      <May ask="vault.import.list">
        <Imports controller={controller} />
      </May>
      <May ask="vault.record.export">
        <ExportForm {...props} />
      </May>
      <May ask="vault.export-request.list">
        <ExportRequests {...props} />
      </May>
    </div>
  )
}
