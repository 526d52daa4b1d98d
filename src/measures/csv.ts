import { csvLine } from '#ground'
import type { Annex } from './annex.ts'

const columns = [
  'line',
  'heading',
  'promise',
  'measure',
  'statement',
  'class',
  'state',
  'spoken',
  'looked at',
  'age seconds',
  'n',
  'of',
  'finding',
  'GDPR',
  'SCC annex',
  'ISO 27001:2022',
  'SOC 2',
  'NIST 800-53r5',
  'CIS v8',
] as const

/**
 * The annex as a table for auditors, one row for each line and measure (RFC 4180). A cell that a
 * spreadsheet would run as a formula is given an apostrophe.
 */
export function csvOf({ headings, beyond }: Annex): string {
  const rows = headings.flatMap(({ title, lines }) =>
    lines.flatMap(({ id, promise, state, references: r, measures }) => {
      const line = [id, title, promise]
      const clauses = [r.gdpr, r.scc, r.iso27001, r.soc2, r.nist80053, r.cis8].map((c) =>
        c.join(' · '),
      )
      return measures.length === 0
        ? [
            [
              ...line,
              '',
              '',
              '',
              state,
              `${state}: nothing stands for it`,
              '',
              '',
              '',
              '',
              '',
              ...clauses,
            ],
          ]
        : measures.map((m) => [...line, ...measureCells(m), ...clauses])
    }),
  )
  const more = beyond.map((m) => [
    '',
    'Beyond the annex',
    '',
    ...measureCells(m),
    m.references.join(' · '),
    '',
    '',
    '',
    '',
    '',
  ])
  return [columns, ...rows, ...more].map(csvLine).join('')
}

function measureCells(m: Annex['beyond'][number]): string[] {
  const number = (value: number | undefined) => (value === undefined ? '' : String(value))
  return [
    m.id,
    m.statement,
    m.class,
    m.state,
    m.spoken,
    m.lookedAt ?? '',
    number(m.ageSeconds),
    number(m.n),
    number(m.of),
    m.finding ?? '',
  ]
}
