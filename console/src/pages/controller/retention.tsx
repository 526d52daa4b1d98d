import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ask } from '../../ask.ts'
import { Choice } from '../../ui/choice.tsx'
import { countText, counted } from '../../ui/figures.ts'
import { Section } from '../../ui/section.tsx'
import { DataTable } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { Loaded } from '../../ui/waiting.tsx'
import { type PartProps, pathOf, type Preview } from './shapes.ts'

const spans = { '30': '30 days', '90': '90 days', '365': 'a year' }

/** What the hourly job would erase now, and what comes soon. Looking erases nothing. */
export function Retention({ controller: { controllerId } }: PartProps) {
  const [within, setWithin] = useState<keyof typeof spans>('30')
  const preview = useQuery(
    ask<Preview>(`${pathOf(controllerId)}/retention`, { withinDays: Number(within) }),
  )
  return (
    <Section
      title="What time erases"
      lead="A job looks every hour, seven minutes past, and destroys what is due. A legal hold keeps it."
      does={<Choice label="Look ahead" value={within} options={spans} onChange={setWithin} />}
    >
      <Loaded query={preview} what="Reading the retention">
        {({ due, soon }) => (
          <>
            <Due
              title="Due now"
              rows={due}
              none="Nothing is past its time: what was due has been destroyed."
            />
            <Due
              title={`Due within ${spans[within]}`}
              rows={soon}
              none="Nothing falls due by then."
            />
          </>
        )}
      </Loaded>
    </Section>
  )
}

const Due = ({
  title,
  rows,
  none,
}: {
  readonly title: string
  readonly rows: Preview['due']
  readonly none: string
}) => (
  <div className="stack">
    <h3>{title}</h3>
    <DataTable
      caption={title}
      heads={[
        'Category',
        { number: 'Kept' },
        { number: 'Records' },
        { number: 'Subjects' },
        { number: 'Held' },
        'Earliest due',
      ]}
      rows={rows}
      keyOf={({ category }) => category}
      empty={<p className="soft">{none}</p>}
    >
      {({ category, retainDays, records, subjects, held, oldest }) => (
        <>
          <td>{category}</td>
          <td className="number">{counted(retainDays, 'day')}</td>
          <td className="number">{countText(records)}</td>
          <td className="number">{countText(subjects)}</td>
          <td className="number">{countText(held)}</td>
          <td>
            <Time at={oldest} />
          </td>
        </>
      )}
    </DataTable>
  </div>
)
