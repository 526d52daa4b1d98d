import { Day } from '../../ui/day.tsx'
import { State } from '../../ui/state.tsx'
import { Time } from '../../ui/time.tsx'

/** The day something is due; overdue in words first. */
export const Due = ({
  due,
  overdue,
  endedAt,
}: {
  readonly due: string
  readonly overdue: boolean
  readonly endedAt?: string | undefined
}) => {
  if (endedAt !== undefined)
    return (
      <span className="ended">
        ended <Time at={endedAt} />
      </span>
    )
  return (
    <span className="due">
      {overdue && (
        <>
          <State word="overdue" tone="bad" />
          <br />
        </>
      )}
      <Day on={due} due />
    </span>
  )
}
