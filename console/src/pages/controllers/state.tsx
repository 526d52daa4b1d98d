import { FlaskConical } from 'lucide-react'
import type { ListedController } from '../../actors.tsx'
import { State } from '../../ui/state.tsx'

/** Where a controller stands, and whether its persons are real. */
export const ControllerState = ({
  controller: { state, synthetic },
}: {
  readonly controller: Pick<ListedController, 'state' | 'synthetic'>
}) => (
  <span className="row">
    {state === 'active' && <State word="active" tone="good" />}
    {state === 'returning' && <State word="closed, to be returned" tone="warn" />}
    {state === 'leaving' && <State word="leaving" tone="warn" />}
    {state === 'left' && <State word="left" tone="plain" />}
    {synthetic && <State word="synthetic" tone="plain" icon={FlaskConical} />}
  </span>
)
