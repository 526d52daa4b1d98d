import { Button } from '../../ui/button.tsx'
import { countText } from '../../ui/figures.ts'
import { DataTable } from '../../ui/table.tsx'
import type { Found, FoundSubject } from './shapes.ts'

/** Who was found, under their pseudonyms; nothing of them is shown yet. */
export const FoundList = ({
  found: { items, next },
  open,
  onOpen,
}: {
  readonly found: Found
  readonly open: FoundSubject | undefined
  readonly onOpen: (subject: FoundSubject) => void
}) => (
  <>
    <DataTable
      caption="Subjects found"
      heads={['Subject', 'Pseudonym', { unseen: 'Open' }]}
      rows={items}
      keyOf={({ subjectId }) => subjectId}
      empty={
        <section className="sheet">
          <p>No subject of this controller has exactly this value.</p>
        </section>
      }
    >
      {(subject) => (
        <>
          <td>number {countText(subject.ordinal)}</td>
          <td className="mono">{subject.subjectId}</td>
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
    {next !== undefined && (
      <p className="soft">There are more than these {items.length}; search by a rarer value.</p>
    )}
  </>
)
