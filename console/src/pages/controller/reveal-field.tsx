import { Eye } from 'lucide-react'
import type { Static } from 'typebox'
import type { RevealedField } from '../../../../src/vault/subjects/wire.ts'
import { call } from '../../api.ts'
import { part } from '../../ask.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { May } from '../../ui/may.tsx'
import { EntryLink } from '../../ui/tellings.tsx'
import { useCall } from '../../ui/use-call.ts'
import { type FoundSubject, type PartProps, pathOf } from './shapes.ts'

type Revealed = Static<typeof RevealedField>

/** A masked value, and the button that shows it alone; that it was shown is an entry at once. */
export function MaskedField({
  controller: { controllerId },
  why: { purpose, reason },
  subject: { subjectId },
  place,
  masked,
}: PartProps & {
  readonly subject: FoundSubject
  readonly place: { readonly category: string; readonly field: string }
  readonly masked: string
}) {
  const reveal = useCall<void, Revealed>({
    deed: () =>
      call('POST', `${pathOf(controllerId)}/subjects/${part(subjectId)}/reveal`, {
        body: place,
        purpose,
        reason,
      }),
    said: `Revealed ${place.category} ${place.field}`,
  })
  const told = reveal.data
  if (told !== undefined)
    return (
      <dd className="revealed">
        {valueText(told.value.value)}{' '}
        {told.entryId !== undefined && (
          <span className="soft">
            revealed in <EntryLink entryId={told.entryId} />
          </span>
        )}
      </dd>
    )
  return (
    <dd className="reveal">
      <span className="masked">{masked}</span>
      <May ask="vault.field.reveal">
        <Button
          tone="quiet"
          aria-label={`Reveal ${place.field}`}
          pending={reveal.isPending}
          onClick={() => reveal.mutate()}
        >
          {!reveal.isPending && <Eye aria-hidden />}
          Reveal
        </Button>
      </May>
      <ErrorNotice error={reveal.error} />
    </dd>
  )
}

/** A value as people read it. */
export const valueText = (value: string | number | boolean | null): string => {
  if (value === null) return 'no value'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return String(value)
}
