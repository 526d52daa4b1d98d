import { Download } from 'lucide-react'
import { useRef } from 'react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { call } from '../../api.ts'
import { keyOf, part } from '../../ask.ts'
import { download } from '../../streams.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { counted, sizeText } from '../../ui/figures.ts'
import { May, useMay } from '../../ui/may.tsx'
import { save } from '../../ui/save.ts'
import { DataTable } from '../../ui/table.tsx'
import { EntryLink, tell } from '../../ui/tellings.tsx'
import { Time } from '../../ui/time.tsx'
import { useCall } from '../../ui/use-call.ts'
import {
  type File as Listed,
  type FoundSubject,
  isWhole,
  type PartProps,
  pathOf,
} from './shapes.ts'
import { UploadFile } from './upload-file.tsx'

type FileProps = PartProps & { readonly subject: FoundSubject; readonly isHeld: boolean }

/** Files of a subject: what there is, how one comes in, goes out and ends. */
export function SubjectFiles(props: FileProps) {
  const { controller, why, subject } = props
  const mayPut = useMay('vault.attachment.put')
  const path = `${pathOf(controller.controllerId)}/subjects/${part(subject.subjectId)}/attachments`
  const list = useCall<void, { items: readonly Listed[] }>({
    deed: () => call('GET', path, { purpose: why.purpose, reason: why.reason }),
    said: ({ items }) => `Listed ${counted(items.length, 'file')}`,
  })
  // What was listed once is listed anew after a change: each time with its own entry.
  const again = () => (list.data === undefined ? undefined : list.mutateAsync())
  return (
    <div className="stack">
      <div className="row spread">
        <h3>Files</h3>
        <div className="row">
          {list.data?.entryId !== undefined && (
            <span className="soft">
              Your look is <EntryLink entryId={list.data.entryId} />
            </span>
          )}
          <Button
            tone="quiet"
            pending={list.isPending}
            disabled={!isWhole(why)}
            onClick={() => list.mutate()}
          >
            {list.data === undefined ? 'List the files' : 'List again'}
          </Button>
        </div>
      </div>
      <ErrorNotice error={list.error} />
      {list.data !== undefined && (
        <DataTable
          caption="Files of the subject"
          heads={[
            'Name',
            'Category',
            { number: 'Size' },
            'Came',
            'Ends',
            { unseen: 'What can be done' },
          ]}
          rows={list.data.value.items}
          keyOf={({ attachmentId }) => attachmentId}
          empty={
            <p className="soft">
              No file of a category that this purpose may use.
              {mayPut &&
                ' A letter, a scan or a picture that belongs to this person can be put in below.'}
            </p>
          }
        >
          {(file) => <FileRow {...props} file={file} onGone={again} />}
        </DataTable>
      )}
      {mayPut && <UploadFile {...props} path={path} onKept={again} />}
    </div>
  )
}

function FileRow({
  file,
  onGone,
  ...props
}: FileProps & { readonly file: Listed; readonly onGone: () => Promise<unknown> | undefined }) {
  const { name, category, sizeBytes, storedAt, eraseAfter, masked } = file
  return (
    <>
      <td className={masked ? 'masked' : 'file-name'}>{name}</td>
      <td>{category}</td>
      <td className="number">{sizeText(sizeBytes)}</td>
      <td>
        <Time at={storedAt} />
      </td>
      <td>
        <Time at={eraseAfter} />
      </td>
      <td>
        <div className="row">
          {masked ? (
            <span className="soft">shown to whoever may reveal {category}</span>
          ) : (
            <May ask="vault.attachment.read">
              <Fetch {...props} file={file} />
            </May>
          )}
          <May ask="vault.attachment.erase">
            <EraseFile {...props} file={file} onGone={onGone} />
          </May>
        </div>
      </td>
    </>
  )
}

function Fetch({ controller, why, file }: FileProps & { readonly file: Listed }) {
  const received = useRef<HTMLOutputElement>(null)
  const path = `${pathOf(controller.controllerId)}/attachments/${part(file.attachmentId)}/content`
  const fetching = useMutation({
    mutationFn: async () => {
      const { bytes, entryId } = await download(path, why, (count) => {
        if (received.current !== null)
          received.current.textContent = `${sizeText(count)} of ${sizeText(file.sizeBytes)}`
      })
      save(file.name, bytes)
      tell(`Handed out ${sizeText(bytes.size)}`, entryId)
    },
  })
  return (
    <>
      <Button
        tone="quiet"
        aria-label={`Download ${file.name}`}
        pending={fetching.isPending}
        disabled={!isWhole(why)}
        onClick={() => fetching.mutate()}
      >
        {!fetching.isPending && <Download aria-hidden />}
        Download
      </Button>
      {fetching.isPending && <output className="soft" ref={received} />}
      <ErrorNotice error={fetching.error} />
    </>
  )
}

function EraseFile({
  controller: { controllerId },
  why,
  isHeld,
  file: { attachmentId, name, masked, category, sizeBytes },
  onGone,
}: FileProps & { readonly file: Listed; readonly onGone: () => Promise<unknown> | undefined }) {
  const client = useQueryClient()
  const erase = useCall({
    deed: () =>
      call('DELETE', `${pathOf(controllerId)}/attachments/${part(attachmentId)}`, {
        reason: why.reason,
      }),
    said: 'The file is erased',
  })
  // A masked name cannot be typed: what is known of the file is.
  const typed = masked ? `erase ${category}` : name
  return (
    <ConfirmDialog
      verb="Erase"
      title="Erase this file for ever?"
      tone="danger"
      typed={typed}
      disabled={why.reason.trim() === '' || isHeld}
      pending={erase.isPending}
      error={erase.error}
      onOpen={erase.reset}
      onConfirm={async () => {
        await erase.mutateAsync()
        await client.invalidateQueries({ queryKey: keyOf(pathOf(controllerId)) })
        await onGone()
      }}
    >
      <p>
        {masked ? 'A file' : name}, {sizeText(sizeBytes)} in {category}. Its key is destroyed at
        once, and its bytes are removed soon after. Only a backup made before still has it, until
        that backup ends.
      </p>
      <p>
        Reason: <q>{why.reason}</q>
      </p>
    </ConfirmDialog>
  )
}
