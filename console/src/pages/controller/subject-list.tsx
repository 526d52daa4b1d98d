import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { askPages } from '../../ask.ts'
import { Button } from '../../ui/button.tsx'
import { Empty } from '../../ui/empty.tsx'
import { countText } from '../../ui/figures.ts'
import { Pages } from '../../ui/more.tsx'
import { Section } from '../../ui/section.tsx'
import { State } from '../../ui/state.tsx'
import { DataTable } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { type ControllerRead, type FoundSubject, type ListedSubject, pathOf } from './shapes.ts'

/** Everybody, under pseudonyms: no data, so no purpose is asked for. */
export function SubjectList({
  controller: { controllerId },
  open,
  onOpen,
}: {
  readonly controller: ControllerRead
  readonly open: FoundSubject | undefined
  readonly onOpen: (subject: FoundSubject) => void
}) {
  const list = useInfiniteQuery(
    askPages<ListedSubject>(`${pathOf(controllerId)}/subjects`, { limit: 50 }),
  )
  return (
    <Section title="Everybody, under pseudonyms">
      <Pages query={list} what="Reading the subjects">
        {(items) => (
          <DataTable
            caption="Subjects"
            heads={[
              'Subject',
              'Pseudonym',
              { number: 'Records' },
              'Since',
              'Flags',
              { unseen: 'Open' },
            ]}
            rows={items}
            keyOf={({ subjectId }) => subjectId}
            empty={
              <Empty title="Nobody yet">
                <p>
                  <Link
                    to="/controllers/$controllerId/{-$part}"
                    params={{ controllerId, part: 'transfers' }}
                  >
                    Import a file
                  </Link>
                  , or let your application put records in with a workload’s credential.
                </p>
              </Empty>
            }
          >
            {(subject) => (
              <>
                <td>number {countText(subject.ordinal)}</td>
                <td className="mono">{subject.subjectId}</td>
                <td className="number">{countText(subject.records)}</td>
                <td>
                  <Time at={subject.createdAt} />
                </td>
                <td>
                  <Flags subject={subject} />
                </td>
                <td>
                  <Button
                    tone="quiet"
                    aria-pressed={open?.subjectId === subject.subjectId}
                    onClick={() => onOpen(subject)}
                  >
                    Open
                  </Button>
                </td>
              </>
            )}
          </DataTable>
        )}
      </Pages>
    </Section>
  )
}

export const Flags = ({
  subject: { restricted, held },
}: {
  readonly subject: Pick<ListedSubject, 'restricted' | 'held'>
}) => (
  <span className="row">
    {restricted && <State word="restricted" tone="warn" />}
    {held && <State word="held" tone="warn" />}
    {!restricted && !held && <span className="soft">none</span>}
  </span>
)
