import { Download, StepForward } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { Choice } from '../../ui/choice.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { sizeText } from '../../ui/figures.ts'
import { StepUp, wantsFresh } from '../../ui/step-up.tsx'
import { AskApproval, wantsSecond } from './ask-approval.tsx'
import { isWhole, type PartProps } from './shapes.ts'
import { useApproved } from './use-approved.ts'
import { brokeOff, useExport } from './use-export.ts'

/** Everything the purpose covers, as a file. Masked where reveal is not granted. */
export function ExportForm({ controller, why }: PartProps) {
  const [format, setFormat] = useState<'csv' | 'ndjson'>('csv')
  const [left, setLeft] = useState<readonly string[]>([])
  const { run, goOn, start: begin, received } = useExport()
  const covered = controller.purposes.find(({ name }) => name === why.purpose)?.categories ?? []
  const wanted = covered.filter((name) => !left.includes(name))

  const approved = useApproved(controller.controllerId, why.purpose, wanted)

  const isUnderWay = run.isPending || goOn.isPending
  // Once it goes on, what comes of that counts.
  const error = goOn.isIdle ? run.error : goOn.error
  const mayGoOn = received > 0 && brokeOff(error)

  function start() {
    begin({
      ...why,
      controllerId: controller.controllerId,
      format,
      query: new URLSearchParams({
        categories: wanted.join(','),
        ...(approved === undefined ? {} : { approval: approved }),
      }),
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
          disabled={!isWhole(why) || wanted.length === 0 || goOn.isPending}
          onClick={start}
        >
          {!run.isPending && <Download aria-hidden />}
          Export
        </Button>
        {isUnderWay && <output className="soft">{sizeText(received)} received …</output>}
      </div>
      {approved !== undefined && (
        <p className="soft">A second person has approved this export; it is used up by it.</p>
      )}
      {wantsFresh(error) ? (
        <StepUp onShown={goOn.isIdle ? start : () => goOn.mutate()} />
      ) : (
        <ErrorNotice error={error} />
      )}
      {mayGoOn && (
        <div className="row">
          <Button pending={goOn.isPending} disabled={run.isPending} onClick={() => goOn.mutate()}>
            {!goOn.isPending && <StepForward aria-hidden />}
            Go on from there
          </Button>
          <p className="soft">
            The {sizeText(received)} that came are kept for as long as you stay on this page.
          </p>
        </div>
      )}
      {wantsSecond(error) && <AskApproval controller={controller} why={why} categories={wanted} />}
    </section>
  )
}
