import type { ReactNode } from 'react'
import { mayAsk, useSelf } from '../self.ts'

/** What only those see who could be allowed the action. The house itself decides when it is asked. */
export function May({
  ask,
  otherwise = null,
  children,
}: {
  readonly ask: string
  readonly otherwise?: ReactNode
  readonly children: ReactNode
}) {
  return mayAsk(useSelf(), ask) ? children : otherwise
}

/** In place of what somebody may not look at: the name of the right to ask for. */
export const NotGranted = ({
  action,
  what,
}: {
  readonly action: string
  readonly what: string
}) => (
  <section className="sheet">
    <p className="soft">
      You are not granted to see {what}. Who grants rights needs this name: <code>{action}</code>.
    </p>
  </section>
)

export const useMay = (action: string): boolean => mayAsk(useSelf(), action)
