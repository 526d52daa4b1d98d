import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Person } from '../../actors.tsx'
import { askPages } from '../../ask.ts'
import { useSelf } from '../../self.ts'
import { May, NotGranted } from '../../ui/may.tsx'
import { Pages } from '../../ui/more.tsx'
import { Section } from '../../ui/section.tsx'
import { DataTable } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { AccountState } from './account-state.tsx'
import { BreachList } from './breach-list.tsx'
import { OpenEnrolments } from './enrolments.tsx'
import { Invite } from './invite.tsx'
import { LetBackIn } from './let-back-in.tsx'
import { OpenRecoveries } from './recoveries.tsx'
import { SwitchAccount } from './switch-account.tsx'

/** Everybody who can sign in, and the links by which somebody still may. */
export const PeoplePart = () => (
  <div className="stack">
    <May
      ask="identity.person.list"
      otherwise={<NotGranted what="people" action="identity.person.list" />}
    >
      <People />
    </May>
    <May ask="identity.recovery.list">
      <OpenRecoveries />
    </May>
    <May ask="identity.enrolment.list">
      <OpenEnrolments />
    </May>
    <May ask="identity.breach-list.read">
      <BreachList />
    </May>
  </div>
)

function People() {
  const self = useSelf()
  const people = useInfiniteQuery(askPages<Person>('/v1/persons'))
  return (
    <Section
      title="People"
      does={
        <May ask="identity.enrolment.create">
          <Invite />
        </May>
      }
    >
      <Pages query={people} what="Reading the people">
        {(items) => (
          <DataTable
            caption="People"
            heads={[
              'Name',
              'Factors',
              'Last here',
              'Since',
              'State',
              { unseen: 'What can be done' },
            ]}
            rows={items}
            keyOf={({ personId }) => personId}
            empty={null}
          >
            {(person) => (
              <>
                <td>
                  <Link to="/access/{-$part}/{-$id}" params={{ part: 'of', id: person.personId }}>
                    {person.name}
                  </Link>
                  <div className="soft">{person.email}</div>
                </td>
                <td>{person.factors.join(', ') || 'none'}</td>
                <td>{person.lastUsedAt === null ? 'never' : <Time at={person.lastUsedAt} />}</td>
                <td>
                  <Time at={person.createdAt} />
                </td>
                <td>
                  <AccountState account={person} />
                </td>
                <td>
                  {self?.id === person.personId ? (
                    <span className="soft">you</span>
                  ) : (
                    <div className="row">
                      {person.disabledAt === null && !person.locked && (
                        <LetBackIn personId={person.personId} name={person.name} />
                      )}
                      <SwitchAccount
                        kind="person"
                        id={person.personId}
                        name={person.name}
                        isOff={person.disabledAt !== null}
                      />
                    </div>
                  )}
                </td>
              </>
            )}
          </DataTable>
        )}
      </Pages>
    </Section>
  )
}
