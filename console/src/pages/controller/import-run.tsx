import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { keyOf } from '../../ask.ts'
import { upload } from '../../streams.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { counted, countText, listed } from '../../ui/figures.ts'
import { tell } from '../../ui/tellings.tsx'
import { type FileHead, mediaTypes } from './file-head.ts'
import { ImportBar } from './import-bar.tsx'
import { ImportReportView } from './import-report.tsx'
import { lacking, type MappingDraft, mappingJson } from './mapping.ts'
import { type ImportReport, isWhole, type PartProps, pathOf } from './shapes.ts'

type Run = 'check' | 'store'

/** Tries a file first, then stores it. What is under way shows how far it is, and can be stopped. */
export function ImportRun({
  controller: { controllerId },
  why,
  file,
  head,
  mapping,
}: PartProps & {
  readonly file: File
  readonly head: FileHead
  readonly mapping: MappingDraft
}) {
  const client = useQueryClient()
  const [running, setRunning] = useState<Run>()
  const [sent, setSent] = useState(0)
  const [report, setReport] = useState<ImportReport>()
  const [error, setError] = useState<unknown>()
  const stop = useRef<AbortController>(undefined)
  const missing = lacking(mapping)

  useEffect(() => () => stop.current?.abort(), [])

  async function run(what: Run) {
    const abort = new AbortController()
    stop.current = abort
    setRunning(what)
    setSent(0)
    setError(undefined)
    setReport(undefined)
    const query = new URLSearchParams({
      mapping: mappingJson(mapping, head),
      ...(what === 'check' ? { check: 'true' } : {}),
    })
    try {
      const { purpose, reason } = why
      const { value: done, entryId } = await upload<ImportReport>(
        `${pathOf(controllerId)}/imports?${query}`,
        {
          file,
          mediaType: mediaTypes[head.format],
          purpose,
          reason,
          signal: abort.signal,
          onSent: setSent,
        },
      )
      setReport(done)
      if (what === 'store')
        tell(
          `${counted(done.rowsStored, 'row')} imported, ${countText(done.rowsRejected)} rejected`,
          entryId,
        )
    } catch (caught) {
      setError(caught)
    } finally {
      setRunning(undefined)
      if (what === 'store') await client.invalidateQueries({ queryKey: keyOf('/v1/controllers') })
    }
  }

  const ready = running === undefined && missing.length === 0 && isWhole(why)
  return (
    <>
      {missing.length > 0 && <p className="soft">Still lacking: {listed(missing)}.</p>}
      {missing.length === 0 && !isWhole(why) && (
        <p className="soft">Name a purpose and a reason first.</p>
      )}
      <div className="row">
        <Button
          tone={report?.check === true ? 'quiet' : 'plain'}
          pending={running === 'check'}
          disabled={!ready}
          onClick={() => void run('check')}
        >
          Try it, store nothing
        </Button>
        {report?.check === true && report.rowsStored > 0 && (
          <Button disabled={!ready} onClick={() => void run('store')}>
            Store {counted(report.rowsStored, 'row')}
          </Button>
        )}
        {running !== undefined && (
          <Button tone="quiet" onClick={() => stop.current?.abort()}>
            Stop
          </Button>
        )}
      </div>
      {running !== undefined && (
        <ImportBar
          path={`${pathOf(controllerId)}/imports`}
          sent={sent}
          total={file.size}
          storing={running === 'store'}
        />
      )}
      <ErrorNotice error={error} />
      {report !== undefined && <ImportReportView report={report} fileName={file.name} />}
    </>
  )
}
