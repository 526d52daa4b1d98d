import { useEffect, useRef, useState } from 'react'
import { call } from '../../api.ts'
import { part } from '../../ask.ts'
import { upload } from '../../streams.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { Field } from '../../ui/field.tsx'
import { sizeText } from '../../ui/figures.ts'
import { tell } from '../../ui/tellings.tsx'
import { isWhole, type KeptFile, type PartProps, pathOf } from './shapes.ts'

/** Puts a file of any size in: announced under its name, then sent, with how far it has come. */
export function UploadFile({
  controller,
  why,
  path,
  onKept,
}: PartProps & { readonly path: string; readonly onKept: () => Promise<unknown> | undefined }) {
  const covered = controller.purposes.find(({ name }) => name === why.purpose)?.categories ?? []
  const [chosen, setChosen] = useState<File>()
  const [category, setCategory] = useState('')
  const [sent, setSent] = useState<number>()
  const [error, setError] = useState<unknown>()
  const [turn, setTurn] = useState(0)
  const stop = useRef<AbortController>(undefined)
  useEffect(() => () => stop.current?.abort(), [])
  const into = covered.includes(category) ? category : (covered[0] ?? '')

  async function run(file: File) {
    const abort = new AbortController()
    stop.current = abort
    setError(undefined)
    setSent(0)
    const { purpose, reason } = why
    try {
      const body = {
        category: into,
        name: file.name,
        mediaType: /^[\w.+-]+\/[\w.+-]+$/.test(file.type) ? file.type : 'application/octet-stream',
      }
      const { value } = await call<{ attachmentId: string }>('POST', path, {
        body,
        purpose,
        reason,
        signal: abort.signal,
      })
      const at = `${pathOf(controller.controllerId)}/attachments/${part(value.attachmentId)}/content`
      const { value: kept, entryId } = await upload<KeptFile>(at, {
        method: 'PUT',
        file,
        mediaType: 'application/octet-stream',
        purpose,
        reason,
        signal: abort.signal,
        onSent: setSent,
      })
      tell(`The file is kept, ${sizeText(kept.sizeBytes)}`, entryId)
      setChosen(undefined)
      setTurn((n) => n + 1)
      await onKept()
    } catch (caught) {
      setError(caught)
    } finally {
      setSent(undefined)
    }
  }

  return (
    <form
      className="upload"
      aria-label="Put a file in"
      onSubmit={(event) => {
        event.preventDefault()
        if (chosen !== undefined) void run(chosen)
      }}
    >
      <Field label="File" hint="Sealed under this person’s key as it comes">
        {(control) => (
          <input
            {...control}
            key={turn}
            type="file"
            onChange={({ target }) => setChosen(target.files?.[0])}
          />
        )}
      </Field>
      <Field label="Category">
        {(control) => (
          <select {...control} value={into} onChange={({ target }) => setCategory(target.value)}>
            {covered.length === 0 && <option value="">Name a purpose first</option>}
            {covered.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        )}
      </Field>
      <div className="row">
        <Button
          type="submit"
          tone="quiet"
          pending={sent !== undefined}
          disabled={chosen === undefined || !isWhole(why) || into === ''}
        >
          Put the file in
        </Button>
        {sent !== undefined && (
          <Button tone="quiet" onClick={() => stop.current?.abort()}>
            Stop
          </Button>
        )}
      </div>
      {sent !== undefined && chosen !== undefined && (
        <div className="sent-bar">
          <progress aria-label="How much of the file is sent" max={chosen.size} value={sent} />
          <span className="soft">
            {sizeText(sent)} of {sizeText(chosen.size)}
          </span>
        </div>
      )}
      <ErrorNotice error={error} />
    </form>
  )
}
