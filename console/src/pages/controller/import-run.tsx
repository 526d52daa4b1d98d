import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { get, Refused } from '../../api.ts'
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
  /** An import that broke off, and can go on. */
  const [broken, setBroken] = useState<string>()
  const [error, setError] = useState<unknown>()
  const stop = useRef<AbortController>(undefined)
  const missing = lacking(mapping)

  useEffect(() => () => stop.current?.abort(), [])

  const path = `${pathOf(controllerId)}/imports`
  const columns = { mapping: mappingJson(mapping, head) }

  /** Checks a file, or stores it under an id of ours: `going` names one that is to go on. */
  async function run(what: Run, going?: string) {
    const abort = new AbortController()
    stop.current = abort
    setRunning(what)
    setSent(0)
    setError(undefined)
    setReport(undefined)
    setBroken(undefined)
    const importId = going ?? crypto.randomUUID()
    try {
      const offset = going === undefined ? 0 : await standing(`${path}/${going}`)
      const query = new URLSearchParams(
        what === 'check' ? { ...columns, check: 'true' } : { ...columns, offset: String(offset) },
      )
      const { purpose, reason } = why
      const { value: done, entryId } = await upload<ImportReport>(
        what === 'check' ? `${path}?${query}` : `${path}/${importId}?${query}`,
        {
          method: what === 'check' ? 'POST' : 'PUT',
          file: file.slice(offset),
          mediaType: mediaTypes[head.format],
          purpose,
          reason,
          signal: abort.signal,
          onSent: (bytes) => setSent(offset + bytes),
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
      if (what === 'store' && mayGoOn(caught)) setBroken(importId)
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
          tone={report?.check === true || broken !== undefined ? 'quiet' : 'plain'}
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
        {broken !== undefined && (
          <Button disabled={!ready} onClick={() => void run('store', broken)}>
            Go on where it stands
          </Button>
        )}
        {running !== undefined && (
          <Button tone="quiet" onClick={() => stop.current?.abort()}>
            Stop
          </Button>
        )}
      </div>
      {running !== undefined && (
        <ImportBar path={path} sent={sent} total={file.size} storing={running === 'store'} />
      )}
      <ErrorNotice error={error} />
      {report !== undefined && <ImportReportView report={report} fileName={file.name} />}
    </>
  )
}

/** How far an import has come, in bytes of its file; it begins again where the house never heard of it. */
async function standing(path: string): Promise<number> {
  try {
    return (await get<ImportReport>(path)).bytesRead
  } catch (error) {
    if (error instanceof Refused && error.code === 'vault.import-unknown') return 0
    throw error
  }
}

/** Whether the file may still be sent from where the import stands: the connection ended, and not the file. */
const mayGoOn = (error: unknown): boolean =>
  error instanceof Refused &&
  (error.status === 0 || error.status >= 500 || error.code === 'vault.import-interrupted')
