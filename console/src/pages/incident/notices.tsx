import { ControllerLink } from '../../actors.tsx'
import { Section } from '../../ui/section.tsx'
import { NoticeCard } from './notice-card.tsx'
import type { WholeIncident } from './wire.ts'

/** One notice a controller: drafted by the house, approved and sent by a person. */
export function Notices({ incident }: { readonly incident: WholeIncident }) {
  const { notices, scope, suspects } = incident
  if (notices.length === 0)
    return scope === null ? null : (
      <Section title="Notices">
        <p className="soft">
          {suspects.length === 0 || scope.controllers.length > 0
            ? 'The house drafts them by itself once it has counted.'
            : 'None: no controller was reached.'}
        </p>
      </Section>
    )
  const live = notices.filter(({ state }) => state !== 'superseded')
  const past = notices.length - live.length
  return (
    <Section
      title="Notices"
      lead={`To each controller it reached; no notice holds personal data.${past > 0 ? ` ${past} older versions are superseded.` : ''}`}
    >
      {live.map((notice) => (
        <NoticeCard
          key={notice.noticeId}
          notice={notice}
          isClosed={incident.state === 'closed'}
          to={<ControllerLink id={notice.controllerId} />}
        />
      ))}
    </Section>
  )
}
