import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ActorName } from '../../actors.tsx'
import { call } from '../../api.ts'
import { ask, keyOf, part } from '../../ask.ts'
import { useSelf } from '../../self.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm.tsx'
import { endOfDay } from '../../ui/form/among.tsx'
import { dueDay } from '../../ui/form/entries.tsx'
import { FormDialog } from '../../ui/form/form-dialog.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { May, useMay } from '../../ui/may.tsx'
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

/** One review: every grant in it, to be kept, limited or revoked. */
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
          <Section
            title={review.title}
            does={
              <>
                <ReviewState review={review} />
                <May ask="identity.review.report">
                  <a className="button quiet" href={`${path}/report`} download>
                    Print
                  </a>
                </May>
              </>
            }
          >
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

const spoken: Readonly<Record<string, string>> = {
  keep: 'kept',
  revoke: 'revoked',
  limit: 'limited',
}

function Answer({
  item,
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
  const renews = [keyOf('/v1/access-reviews'), keyOf('/v1/grants')]
  const decide = useCall<'keep' | 'revoke'>({
    deed: (decision) => call('POST', `${path}/decisions`, { body: { grantId, decision } }),
    said: (_, decision) => (decision === 'keep' ? `${role} is kept` : `${role} is revoked`),
    renews,
  })
  const limit = useCall<{ lastDay: string }>({
    deed: ({ lastDay }) =>
      call('POST', `${path}/decisions`, {
        body: { grantId, decision: 'limit', limit: { expiresAt: endOfDay(lastDay) } },
      }),
    said: `${role} is limited`,
    renews,
  })
  if (decision !== null)
    return (
      <>
        <State word={spoken[decision] ?? decision} tone="plain" />
        {decidedAt !== null && decidedBy !== null && (
          <div className="soft">
            <Time at={decidedAt} /> by <ActorName id={decidedBy} />
          </div>
        )}
        {item.probedAt !== null && (
          <div className="soft" title={item.probeAnswer ?? ''}>
            {item.probeRefused === true
              ? 'tried over the listener, and refused'
              : item.probeRefused === false
                ? 'TRIED, AND IT GOT THROUGH'
                : `not tried: ${item.probeAnswer}`}
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
        <FormDialog
          verb="Limit"
          title={`Limit ${role} of ${actorName ?? 'this workload'}`}
          lead="A grant that ends takes the place of this one, in this act."
          form={{ lastDay: dueDay('Until the end of', 30) }}
          call={limit}
        />
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
