import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ActorName } from '../../actors.tsx'
import { call } from '../../api.ts'
import { ask, keyOf, part } from '../../ask.ts'
import { useSelf } from '../../self.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { useMay } from '../../ui/may.tsx'
import { Section } from '../../ui/section.tsx'
import { State } from '../../ui/state.tsx'
import { DataTable } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { useCall } from '../../ui/use-call.ts'
import { Loaded } from '../../ui/waiting.tsx'
import { ControllerNames } from './grant-table.tsx'
import { ReviewProgress, ReviewState } from './review-progress.tsx'
import type { ReviewShown } from './shapes.ts'

type Item = ReviewShown['items'][number]

/** One review: every grant in it, to be kept or revoked. */
export function OneReview({ reviewId }: { readonly reviewId: string }) {
  const path = `/v1/access-reviews/${part(reviewId)}`
  const shown = useQuery(ask<ReviewShown>(path))
  return (
    <div className="stack">
      <p className="crumb">
        <Link to="/access/{-$part}/{-$id}" params={{ part: 'reviews' }}>
          Access reviews
        </Link>
      </p>
      <Loaded query={shown} what="Reading the review">
        {({ review, items }) => (
          <Section title={review.title} does={<ReviewState review={review} />}>
            <section className="sheet">
              <dl className="kv">
                <dt>Answered</dt>
                <dd>
                  <ReviewProgress review={review} />
                </dd>
                <dt>Due</dt>
                <dd>
                  <Time at={review.dueAt} />, <Time at={review.dueAt} absolute />; what nobody
                  answers is revoked then
                </dd>
                <dt>Population</dt>
                <dd className="mono">SHA-256 {review.populationSha256}</dd>
              </dl>
            </section>
            <Items items={items} path={path} isOpen={review.closedAt === null} />
          </Section>
        )}
      </Loaded>
    </div>
  )
}

const Items = ({
  items,
  path,
  isOpen,
}: {
  readonly items: readonly Item[]
  readonly path: string
  readonly isOpen: boolean
}) => (
  <DataTable
    caption="Grants under review"
    heads={['Who', 'Role', 'Controllers', 'Last used', 'Answer']}
    rows={items}
    keyOf={({ grantId }) => grantId}
    empty={null}
  >
    {(item) => (
      <>
        <td>
          {item.actorName ?? <ActorName id={item.actorId} />}
          <div className="soft">{item.actorKind}</div>
        </td>
        <td>{item.role}</td>
        <td>
          <ControllerNames ids={item.controllers} />
        </td>
        <td>{item.lastUsedAt === null ? 'never' : <Time at={item.lastUsedAt} />}</td>
        <td>
          <Answer item={item} path={path} isOpen={isOpen} />
        </td>
      </>
    )}
  </DataTable>
)

function Answer({
  item: { grantId, actorId, actorName, role, decision, decidedBy, decidedAt },
  path,
  isOpen,
}: {
  readonly item: Item
  readonly path: string
  readonly isOpen: boolean
}) {
  const self = useSelf()
  const isAllowed = useMay('identity.review.decide')
  const decide = useCall<'keep' | 'revoke'>({
    deed: (decision) => call('POST', `${path}/decisions`, { body: { grantId, decision } }),
    said: (_, decision) => (decision === 'keep' ? `${role} is kept` : `${role} is revoked`),
    renews: [keyOf('/v1/access-reviews'), keyOf('/v1/grants')],
  })
  if (decision !== null)
    return (
      <>
        <State
          word={decision === 'keep' ? 'kept' : decision === 'revoke' ? 'revoked' : decision}
          tone="plain"
        />
        {decidedAt !== null && decidedBy !== null && (
          <div className="soft">
            <Time at={decidedAt} /> by <ActorName id={decidedBy} />
          </div>
        )}
      </>
    )
  if (actorId === self?.id) return <span className="soft">your own; somebody else answers</span>
  if (!isOpen || !isAllowed) return <span className="soft">not answered</span>
  return (
    <>
      <div className="row">
        <Button
          tone="quiet"
          pending={decide.isPending && decide.variables === 'keep'}
          onClick={() => decide.mutate('keep')}
        >
          Keep
        </Button>
        <ConfirmDialog
          verb="Revoke"
          title={`Revoke ${role} of ${actorName ?? 'this workload'}?`}
          tone="danger"
          pending={decide.isPending}
          error={decide.error}
          onOpen={decide.reset}
          onConfirm={() => decide.mutateAsync('revoke')}
        >
          <p>It is revoked in this act, and counts no more from the next request on.</p>
        </ConfirmDialog>
      </div>
      <ErrorNotice error={decide.error} />
    </>
  )
}
