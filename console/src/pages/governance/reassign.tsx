import { call } from '../../api.ts'
import { part } from '../../ask.ts'
import { person } from '../../ui/form/choices.tsx'
import { type Form, optional, starting } from '../../ui/form/entry.ts'
import { dueDay } from '../../ui/form/entries.tsx'
import { FormDialog } from '../../ui/form/form-dialog.tsx'
import { useMay } from '../../ui/may.tsx'
import { useCall } from '../../ui/use-call.ts'
import { type Item, type RegisterBounds, renewed } from './shapes.ts'

interface Ownership {
  readonly owner: string
  readonly due?: string
}

/** Gives an entry another owner or another day; the trail keeps who did it. */
export function Reassign({
  bounds: { name, fixedDue },
  item: { id, owner, due },
}: {
  readonly bounds: RegisterBounds
  readonly item: Item
}) {
  const isAllowed = useMay('governance.register.reassign')
  const reassign = useCall<Ownership>({
    deed: (body) =>
      call('PATCH', `/v1/registers/${name}/${part(id)}`, {
        // A day that stays is not asked for: it may lie in the past, and is no new promise.
        body: body.due === due ? { owner: body.owner } : body,
      }),
    said: 'The entry has another owner or day',
    renews: renewed(name),
  })
  if (!isAllowed) return null
  if (fixedDue === true) {
    const form: Form<{ readonly owner: string }> = { owner: person('Owner', owner) }
    return <FormDialog verb="Hand over" title="Give it another owner" form={form} call={reassign} />
  }
  const form: Form<Ownership> = {
    owner: person('Owner', owner),
    due: optional(starting(dueDay('Due'), due)),
  }
  return (
    <FormDialog verb="Hand over" title="Give it another owner or day" form={form} call={reassign} />
  )
}
