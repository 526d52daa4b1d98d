import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { ActorName } from '../../actors.tsx'
import { ask, part } from '../../ask.ts'
import { Day } from '../../ui/day.tsx'
import { Facts } from '../../ui/facts.tsx'
import { Time } from '../../ui/time.tsx'
import { Loaded } from '../../ui/waiting.tsx'
import { RequestSteps } from './request-steps.tsx'
import { kindWords, RequestStateBadge, stepText } from './request-words.tsx'
import { type PartProps, pathOf, type RequestRead } from './shapes.ts'

/** One request with everything that was done about it, and what comes next. */
export function RequestCard({ requestId, ...props }: PartProps & { readonly requestId: string }) {
  const path = `${pathOf(props.controller.controllerId)}/subject-requests/${part(requestId)}`
  const request = useQuery(ask<RequestRead>(path))
  const head = useRef<HTMLHeadingElement>(null)
  const isHere = request.data !== undefined
  useEffect(() => {
    if (isHere) head.current?.focus()
  }, [isHere])
  return (
    <Loaded query={request} what="Reading the request">
      {(read) => (
        <section className="sheet stack subject" aria-label="Request">
          <div className="row spread">
            <h3 tabIndex={-1} ref={head}>
              {kindWords[read.kind]}
            </h3>
            <RequestStateBadge state={read.state} />
          </div>
          <dl className="kv">
            <dt>Asked</dt>
            <dd>{read.asked}</dd>
            <dt>Due</dt>
            <dd>
              the end of <Day on={lastDayOf(read.dueAt)} due />
              {read.extendedAt !== null && <span className="soft"> extended once</span>}
            </dd>
            <dt>About</dt>
            <dd className={read.subjectId === null ? 'soft' : 'mono'}>
              {read.subjectId ?? 'nobody is named yet'}
            </dd>
          </dl>
          {read.endedAt === null && <RequestSteps {...props} path={path} request={read} />}
          <ol className="request-steps">
            {read.steps.map((step) => (
              <li key={step.step}>
                <p>
                  <strong>{stepText(step.what)}</strong> <Time at={step.at} />{' '}
                  <span className="soft">
                    by <ActorName id={step.actorId} />
                  </span>
                </p>
                {step.said !== null && <blockquote>{step.said}</blockquote>}
                <StepFacts facts={step.facts} />
              </li>
            ))}
          </ol>
        </section>
      )}
    </Loaded>
  )
}

/** It is due when a day ends; people name that day, as the letter to the controller does. */
const lastDayOf = (dueAt: string): string =>
  new Date(Date.parse(dueAt) - 1).toISOString().slice(0, 10)

function StepFacts({ facts }: Pick<RequestRead['steps'][number], 'facts'>) {
  const { dueAt, comply, ...others } = facts
  const shown = {
    ...(typeof dueAt === 'string' ? { due: lastDayOf(dueAt) } : {}),
    ...(typeof comply === 'boolean' ? { says: comply ? 'do what was asked' : 'decline it' } : {}),
    ...others,
  }
  return Object.keys(shown).length > 0 && <Facts facts={shown} />
}
