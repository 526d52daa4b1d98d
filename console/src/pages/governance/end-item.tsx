import { call } from '../../api.ts'
import { part } from '../../ask.ts'
import type { Form } from '../../ui/form/entry.ts'
import { long } from '../../ui/form/entries.tsx'
import { FormDialog } from '../../ui/form/form-dialog.tsx'
import { useMay } from '../../ui/may.tsx'
import { useCall } from '../../ui/use-call.ts'
import { type Item, type RegisterName, renewed } from './shapes.ts'

interface Ending {
  readonly reason: string
}

const form: Form<Ending> = { reason: long('Why it ends') }

/** Closes an entry for good. It stays to be read. */
export function EndItem({
  register,
  item: { id },
}: {
  readonly register: RegisterName
  readonly item: Item
}) {
  const isAllowed = useMay('governance.register.end')
  const end = useCall<Ending>({
    deed: (body) => call('POST', `/v1/registers/${register}/${part(id)}/end`, { body }),
    said: 'The entry is closed',
    renews: renewed(register),
  })
  if (!isAllowed) return null
  return (
    <FormDialog
      verb="End"
      title="Close this entry for good?"
      lead="It stays to be read under “All”, and opens no more."
      tone="danger"
      form={form}
      call={end}
    />
  )
}
