import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { ask, type Page } from '../../ask.ts'
import { countText } from '../../ui/figures.ts'
import { May, useMay } from '../../ui/may.tsx'
import { Erase } from './erase.tsx'
import { ErasureCertificate } from './erasure-certificate.tsx'
import { ExportSubject } from './export-subject.tsx'
import { ReadRecords } from './read-records.tsx'
import {
  type Certificate,
  type FoundSubject,
  type ListedSubject,
  type PartProps,
  pathOf,
} from './shapes.ts'
import { SubjectConsents } from './subject-consents.tsx'
import { SubjectEntries } from './subject-entries.tsx'
import { SubjectEvent } from './subject-event.tsx'
import { SubjectFiles } from './subject-files.tsx'
import { SubjectFlags } from './subject-flags.tsx'

/** One data subject: its records when asked for, its flags, its end. */
export function SubjectCard({
  subject,
  onErased,
  ...props
}: PartProps & { readonly subject: FoundSubject; readonly onErased: () => void }) {
  const { controllerId } = props.controller
  const [certificate, setCertificate] = useState<{
    facts: Certificate
    entryId: string | undefined
  }>()
  const head = useRef<HTMLHeadingElement>(null)
  // The list of pseudonyms tells the flags without opening any data.
  const listed = useQuery({
    ...ask<Page<ListedSubject>>(`${pathOf(controllerId)}/subjects`, {
      after: subject.ordinal - 1,
      limit: 1,
    }),
    enabled: useMay('vault.subject.list') && certificate === undefined,
  })
  const standing = listed.data?.items.find(({ subjectId }) => subjectId === subject.subjectId)

  useEffect(() => head.current?.focus(), [])

  if (certificate !== undefined) return <ErasureCertificate {...certificate} {...props} />
  return (
    <section className="sheet stack subject" aria-label={`Subject ${subject.ordinal}`}>
      <div className="row spread">
        <h2 tabIndex={-1} ref={head}>
          Subject number {countText(subject.ordinal)}
        </h2>
        {standing !== undefined && (
          <May ask="vault.subject.flag">
            <SubjectFlags {...props} subject={standing} />
          </May>
        )}
      </div>
      <p className="mono soft">{subject.subjectId}</p>
      <May ask="vault.record.read">
        <ReadRecords {...props} subject={subject} isRestricted={standing?.restricted === true} />
      </May>
      <May ask="vault.attachment.list">
        <SubjectFiles {...props} subject={subject} isHeld={standing?.held === true} />
      </May>
      <SubjectConsents {...props} subject={subject} />
      <May ask="vault.subject.trail">
        <SubjectEntries controllerId={controllerId} subject={subject} />
      </May>
      <div className="row">
        <May ask="vault.subject.event">
          <SubjectEvent {...props} subject={subject} />
        </May>
        <May ask="vault.record.export">
          <ExportSubject {...props} subject={subject} />
        </May>
        <May ask="vault.subject.erase">
          <Erase
            {...props}
            subject={subject}
            isHeld={standing?.held === true}
            onErased={(facts, entryId) => {
              setCertificate({ facts, entryId })
              onErased()
            }}
          />
        </May>
      </div>
    </section>
  )
}
