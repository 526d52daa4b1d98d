import { Download } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { Choice } from '../../ui/choice.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { sizeText } from '../../ui/figures.ts'
import { StepUp, wantsFresh } from '../../ui/step-up.tsx'
import { AskApproval, wantsSecond } from './ask-approval.tsx'
import { isWhole, type PartProps, pathOf } from './shapes.ts'
import { useApproved } from './use-approved.ts'
import { useExport } from './use-export.ts'

/** Everything the purpose covers, as a file. Masked where reveal is not granted. */
export function ExportForm({ controller, why }: PartProps) {
  const [format, setFormat] = useState<'csv' | 'ndjson'>('csv')
  const [left, setLeft] = useState<readonly string[]>([])
  const { run, received } = useExport()
  const covered = controller.purposes.find(({ name }) => name === why.purpose)?.categories ?? []
  const wanted = covered.filter((name) => !left.includes(name))

  const approved = useApproved(controller.controllerId, why.purpose, wanted)

  function start() {
    const query = new URLSearchParams({
      format,
      categories: wanted.join(','),
      ...(approved === undefined ? {} : { approval: approved }),
    })
    run.mutate({
      purpose: why.purpose,
      reason: why.reason,
      path: `${pathOf(controller.controllerId)}/export?${query}`,
    })
  }

  return (
    <section className="sheet stack">
      <h2>Export</h2>
      <p className="soft">
        Every five hundred subjects leave an entry of their own before they leave the house.
        Subjects under restriction stand in the file without their data.
      </p>
      <div className="row">
        <Choice
          label="Format"
          value={format}
          options={{ csv: 'CSV', ndjson: 'NDJSON' }}
          onChange={setFormat}
        />
        <fieldset className="entry-group">
          <legend className="visually-hidden">Categories</legend>
          <div className="picks">
            {covered.map((name) => (
              <label key={name} className="pick">
                <input
                  type="checkbox"
                  checked={!left.includes(name)}
                  onChange={({ target }) =>
                    setLeft(target.checked ? left.filter((each) => each !== name) : [...left, name])
                  }
                />
                {name}
              </label>
            ))}
          </div>
        </fieldset>
      </div>
      {!isWhole(why) && <p className="soft">Name a purpose and a reason first.</p>}
      <div className="row">
        <Button
          pending={run.isPending}
          disabled={!isWhole(why) || wanted.length === 0}
          onClick={start}
        >
          {!run.isPending && <Download aria-hidden />}
          Export
        </Button>
        {run.isPending && <output className="soft">{sizeText(received)} received …</output>}
      </div>
      {approved !== undefined && (
        <p className="soft">A second person has approved this export; it is used up by it.</p>
      )}
      {wantsFresh(run.error) ? <StepUp onShown={start} /> : <ErrorNotice error={run.error} />}
      {wantsSecond(run.error) && (
        <AskApproval controller={controller} why={why} categories={wanted} />
      )}
    </section>
  )
}
