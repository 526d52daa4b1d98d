import { downloadZip } from 'client-zip'
import { Download } from 'lucide-react'
import { useState } from 'react'
import { call, type Told } from '../../api.ts'
import { part } from '../../ask.ts'
import { download } from '../../streams.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { save } from '../../ui/save.ts'
import { useCall } from '../../ui/use-call.ts'
import { renewsOf, type StepProps } from './request-words.tsx'
import type { SubjectCopy } from './shapes.ts'

/** Hands the subject's own copy out: one JSON file, or with its files a zip. That ends the request. */
export function Answer(props: StepProps) {
  const { path, request } = props
  const [at, setAt] = useState<string>()
  // Handed out once: a file that broke off is fetched again, and the copy is not.
  const [had, setHad] = useState<Told<SubjectCopy>>()
  const answer = useCall<void, SubjectCopy>({
    // Saved here: once the request is done, this button is no longer there to hear of it.
    deed: async () => {
      const told = had ?? (await call<SubjectCopy>('POST', `${path}/answer`))
      setHad(told)
      const copy = new Blob([JSON.stringify(told.value, undefined, 2)], {
        type: 'application/json',
      })
      const name = `copy-${request.subjectId}`
      const { files } = told.value
      const whole = files.length === 0 ? copy : await packed(copy, files)
      save(`${name}.${files.length === 0 ? 'json' : 'zip'}`, whole)
      return told
    },
    said: 'The copy was handed out, and the request is done',
    renews: renewsOf(props),
  })

  /** `copy.json`, and below `files/` each file under its own name; two of one name are told apart. */
  async function packed(copy: Blob, files: SubjectCopy['files']): Promise<Blob> {
    const entries: { readonly name: string; readonly input: Blob }[] = [
      { name: 'copy.json', input: copy },
    ]
    for (const { attachmentId, name } of files) {
      setAt(`file ${entries.length} of ${files.length}`)
      const { bytes } = await download(`${path}/files/${part(attachmentId)}`, undefined, () => {})
      entries.push({ name: nameIn(entries, name), input: bytes })
    }
    setAt(undefined)
    return downloadZip(entries).blob()
  }

  return (
    <>
      <Button pending={answer.isPending} onClick={() => answer.mutate()}>
        {!answer.isPending && <Download aria-hidden />}
        {answer.isError && had !== undefined ? 'Fetch the files again' : 'Hand the copy out'}
      </Button>
      {at !== undefined && <output className="soft">{at}</output>}
      <ErrorNotice error={answer.error} />
    </>
  )
}

/** A name that leads nowhere else, and stands once. */
function nameIn(entries: readonly { readonly name: string }[], name: string): string {
  const plain = name.replaceAll(/[/\\:*?"<>|]/g, '_').replace(/^\.+/, '_')
  const wanted = `files/${plain}`
  if (!entries.some((entry) => entry.name === wanted)) return wanted
  return `files/${entries.length}-${plain}`
}
