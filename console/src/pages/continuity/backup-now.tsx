import { Archive } from 'lucide-react'
import { call } from '../../api.ts'
import { keyOf } from '../../ask.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { counted, sizeText } from '../../ui/figures.ts'
import { useCall } from '../../ui/use-call.ts'
import type { Backup } from './shapes.ts'

/** Makes a backup now; the house answers when it has been read back. */
export function BackupNow() {
  const make = useCall<void, Backup>({
    deed: () => call('POST', '/v1/backups'),
    said: ({ rowCount, bytes, places, ofPlaces }) =>
      `Backup made: ${counted(rowCount ?? 0, 'row')}, ${sizeText(bytes ?? 0)}, in ${places} of ${counted(ofPlaces, 'place')}`,
    renews: [keyOf('/v1/backups')],
  })
  return (
    <div className="stack">
      <Button pending={make.isPending} onClick={() => make.mutate()}>
        {!make.isPending && <Archive aria-hidden />}
        {make.isPending ? 'Making a backup …' : 'Make a backup now'}
      </Button>
      <ErrorNotice error={make.error} />
    </div>
  )
}
