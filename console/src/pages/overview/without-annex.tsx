import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ask, type Page } from '../../ask.ts'
import { places } from '../../places.ts'
import { mayAsk, useSelf } from '../../self.ts'
import { PageHead } from '../../ui/page-head.tsx'
import { Section } from '../../ui/section.tsx'
import { AskAccess } from '../access/ask-access.tsx'
import type { AccessRequest } from '../access/shapes.ts'
import { RequestsDue } from './requests-due.tsx'
import './summary.css'

/** For who may not read the annex: what is open to them, and how they come to more. */
export function WithoutAnnex() {
  const self = useSelf()
  const open = places
    .flatMap((group) => group.places)
    .filter(({ needs }) => needs !== null && mayAsk(self, needs))
  const hasNone = self?.grants.length === 0
  return (
    <>
      <PageHead
        title={hasNone ? 'You are in, and nothing is open to you yet' : 'Where you can go'}
        lead={
          hasNone
            ? 'You hold no role. In this house nothing is allowed that no role allows, not even a look.'
            : 'Your roles do not include the security annex, which others see on this page.'
        }
      />
      <RequestsDue />
      {open.length > 0 && (
        <Section title="Open to you">
          <div className="sheet">
            <ul className="task-list">
              {open.map(({ path, name, icon: Icon }) => (
                <li key={path}>
                  <Link to={path}>
                    <Icon aria-hidden /> {name}
                  </Link>
                </li>
              ))}
            </ul>
          </div>
        </Section>
      )}
      <Section
        title={hasNone ? 'How you come to a role' : 'If you need more'}
        does={<AskAccess />}
        lead="Ask for it here for a time, and somebody else answers; or have an administrator give it to you to keep. Either counts from your next step on."
      >
        <Waiting />
      </Section>
      <Section title="Meanwhile">
        <div className="sheet">
          <ul className="task-list">
            <li>
              <Link to="/account">Look after your account</Link>
              <span className="soft">a second passkey or app, recovery codes, your sessions</span>
            </li>
            <li>
              <Link to="/public-annex">Read the public annex</Link>
              <span className="soft">what this house promises, and whether it holds</span>
            </li>
            <li>
              <Link to="/report">Report an incident</Link>
              <span className="soft">anybody may, with or without a role</span>
            </li>
          </ul>
        </div>
      </Section>
    </>
  )
}

/** What one has asked for and nobody has answered. */
function Waiting() {
  const requests = useQuery(ask<Page<AccessRequest>>('/v1/self/access-requests'))
  const waiting = requests.data?.items.filter(({ decision }) => decision === null) ?? []
  if (waiting.length === 0) return null
  return (
    <p>
      You asked for {waiting.map(({ role }) => role).join(', ')}; it waits for an answer.{' '}
      <Link to="/access/{-$part}/{-$id}" params={{ part: 'requests' }}>
        Your requests
      </Link>
    </p>
  )
}
