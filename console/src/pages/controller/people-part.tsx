import { useState } from 'react'
import { Empty } from '../../ui/empty.tsx'
import { May } from '../../ui/may.tsx'
import { FindForm } from './find-form.tsx'
import { FoundList } from './found-list.tsx'
import type { Found, FoundSubject, PartProps } from './shapes.ts'
import { SubjectCard } from './subject-card.tsx'
import { SubjectList } from './subject-list.tsx'
import { WhyFields } from './why-fields.tsx'

/** Finds a data subject and shows as much of it as one may see. */
export function PeoplePart(props: PartProps) {
  const { controller } = props
  const [found, setFound] = useState<Found>()
  const [subject, setSubject] = useState<FoundSubject>()
  if (controller.state !== 'active')
    return (
      <Empty title="Nothing to look at">
        <p>
          This controller is closed, leaving or has left; its data is neither read nor taken in.
        </p>
      </Empty>
    )
  return (
    <div className="stack">
      <section className="sheet stack">
        <h2>Why you look</h2>
        <WhyFields {...props} />
      </section>
      <May ask="vault.subject.find">
        <FindForm
          {...props}
          onFound={(next) => {
            setFound(next)
            setSubject(undefined)
          }}
        />
      </May>
      {found !== undefined && <FoundList found={found} open={subject} onOpen={setSubject} />}
      {subject !== undefined && (
        <SubjectCard
          key={subject.subjectId}
          {...props}
          subject={subject}
          onErased={() => setFound(undefined)}
        />
      )}
      <May ask="vault.subject.list">
        <SubjectList controller={controller} open={subject} onOpen={setSubject} />
      </May>
    </div>
  )
}
