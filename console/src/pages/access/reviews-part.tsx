import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ActorName, useControllers } from '../../actors.tsx'
import { call } from '../../api.ts'
import { ask, keyOf, type Page } from '../../ask.ts'
import { Empty } from '../../ui/empty.tsx'
import { among, endOfDay } from '../../ui/form/among.tsx'
import { picks } from '../../ui/form/choices.tsx'
import { type Form, optional } from '../../ui/form/entry.ts'
import { dueDay, text } from '../../ui/form/entries.tsx'
import { FormDialog } from '../../ui/form/form-dialog.tsx'
import { May, NotGranted } from '../../ui/may.tsx'
import { Section } from '../../ui/section.tsx'
import { DataTable } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { useCall } from '../../ui/use-call.ts'
import { Loaded } from '../../ui/waiting.tsx'
import { OneReview } from './review.tsx'
import { Schedules } from './schedules.tsx'
import { ReviewProgress, ReviewState } from './review-progress.tsx'
import type { AccessPartProps, NewReview, Review, Role } from './shapes.ts'

/** Who still needs what: asked at intervals, for every grant, with an answer for each. */
export const ReviewsPart = ({ id }: AccessPartProps) => (
  <May
    ask="identity.review.list"
    otherwise={<NotGranted what="access reviews" action="identity.review.list" />}
  >
    {id === undefined ? (
      <div className="stack">
        <Reviews />
        <May ask="identity.review-schedule.list">
          <Schedules />
        </May>
      </div>
    ) : (
      <OneReview reviewId={id} />
    )}
  </May>
)

function Reviews() {
  const reviews = useQuery(ask<Page<Review>>('/v1/access-reviews'))
  return (
    <Section
      title="Access reviews"
      lead="A review freezes the grants in force. Each is kept, limited or revoked; what nobody answers by the due day is revoked, and what was revoked is tried over the listener."
      does={
        <May ask="identity.review.start">
          <Start />
        </May>
      }
    >
      <Loaded query={reviews} what="Reading the reviews">
        {({ items }) => (
          <DataTable
            caption="Access reviews"
            heads={['Review', 'Answered', 'Due', 'Started', 'State']}
            rows={items}
            keyOf={({ reviewId }) => reviewId}
            empty={
              <Empty title="No access review yet">
                <p>
                  Start one above: choose the day by which every grant has its answer. The annex
                  promises one every half a year at least.
                </p>
              </Empty>
            }
          >
            {(review) => (
              <>
                <td>
                  <Link
                    to="/access/{-$part}/{-$id}"
                    params={{ part: 'reviews', id: review.reviewId }}
                  >
                    {review.title}
                  </Link>
                </td>
                <td>
                  <ReviewProgress review={review} />
                </td>
                <td>
                  <Time at={review.dueAt} />
                </td>
                <td>
                  <Time at={review.createdAt} /> by <ActorName id={review.createdBy} />
                </td>
                <td>
                  <ReviewState review={review} />
                </td>
              </>
            )}
          </DataTable>
        )}
      </Loaded>
    </Section>
  )
}

interface Starting {
  readonly title: string
  readonly lastDay: string
  readonly roles?: string[]
  readonly controllers: string[] | null
}

function Start() {
  const { controllers } = useControllers()
  const roles = useQuery(ask<Page<Role>>('/v1/roles')).data?.items ?? []
  const start = useCall<Starting, { items: number }>({
    deed: ({ title, lastDay, roles, controllers }) => {
      const body: NewReview = {
        title,
        dueAt: endOfDay(lastDay),
        ...(roles === undefined || roles.length === 0 ? {} : { roles }),
        ...(controllers === null || controllers.length === 0 ? {} : { controllers }),
      }
      return call('POST', '/v1/access-reviews', { body })
    },
    said: ({ items }) => `The review was started over ${items} grants`,
    renews: [keyOf('/v1/access-reviews')],
  })
  const form: Form<Starting> = {
    title: text('Title', { placeholder: 'Fourth quarter' }),
    lastDay: dueDay('Answers by the end of', 14),
    roles: optional(
      picks(
        'Only these roles',
        roles.map(({ name }) => name),
        'None chosen: every grant in force',
      ),
    ),
    controllers: among(
      'Only grants that reach',
      'any controller, or the house',
      controllers.map(({ controllerId, name }) => [controllerId, name]),
    ),
  }
  return (
    <FormDialog
      verb="Start a review"
      title="Start an access review"
      tone="plain"
      form={form}
      call={start}
    />
  )
}
