import type { Person } from '../../actors.tsx'
import { State } from '../../ui/state.tsx'
import { Time } from '../../ui/time.tsx'

/** Whether an account may act at all. */
export const AccountState = ({
  account: { locked, disabledAt, disabledBecause },
}: {
  readonly account: Pick<Person, 'locked' | 'disabledAt' | 'disabledBecause'>
}) => (
  <>
    {locked && <State word="locked" tone="bad" />}
    {disabledAt !== null && (
      <>
        <State word="disabled" tone="warn" />
        <div className="soft">
          <Time at={disabledAt} />
          {disabledBecause !== null && `, ${disabledBecause}`}
        </div>
      </>
    )}
    {!locked && disabledAt === null && <State word="active" tone="good" />}
  </>
)
