import type { Block, TextBlock } from '#ground'
import type { Annex, Shown, ShownLine } from './annex.ts'
import type { State } from './verdict.ts'

/** Colours that keep a contrast of 4.5 to 1 on white (WCAG 2.2 §1.4.3); the word stands beside them. */
const colours: Readonly<Record<State, string>> = {
  proven: '#1a6b3a',
  failing: '#a3161f',
  stale: '#7a4b00',
  unknown: '#4a4a4a',
  excepted: '#7a4b00',
  'not-applicable': '#4a4a4a',
}

export interface DocumentFacts {
  readonly processor: string
  /** Whether the reader is anyone: findings and counts are left away. */
  readonly public: boolean
}

const limits =
  'A check proves what passes through Holdfast or reports to it. An attested measure rests on a person’s word. Mapping a clause is not certification.'

/** The annex as a document: the same graph as the page, state words first. */
export function documentOf(annex: Annex, facts: DocumentFacts): Block[] {
  const { summary, preparedAt } = annex
  const counts = (Object.keys(colours) as State[])
    .filter((state) => summary[state] > 0)
    .map((state) => `${state.replace('-', ' ')} ${summary[state]}`)
  return [
    { text: 'Technical and organisational measures', heading: 1 },
    `${facts.processor}. State of the evidence at ${preparedAt.slice(0, 16).replace('T', ' ')} UTC.`,
    { text: `Measures: ${counts.join(', ')}.`, bold: true },
    limits,
    ...annex.headings.flatMap(({ title, document, lines }): Block[] => [
      { text: `${document}: ${title}`, heading: 2 },
      table(lines, facts),
    ]),
    ...(annex.beyond.length === 0
      ? []
      : [{ text: 'Beyond the annex', heading: 2 } as const, plainTable(annex.beyond, facts)]),
  ]
}

const widths = [28, '*', 62, 190] as const
const head = ['Line', 'Promise and measure', 'Class', 'State'] as const

function table(lines: readonly ShownLine[], facts: DocumentFacts): Block {
  const rows = lines.flatMap(({ id, promise, state, measures }) => [
    [id, { text: promise, bold: true }, '', stateCell(state, state.replace('-', ' '))],
    ...measures.map((m) => row(m, facts)),
  ])
  return { table: { head, widths, rows } }
}

const plainTable = (shown: readonly Shown[], facts: DocumentFacts): Block => ({
  table: { head, widths, rows: shown.map((m) => row(m, facts)) },
})

function row(m: Shown, facts: DocumentFacts): (string | TextBlock)[] {
  const inside = [m.finding, m.n === undefined ? undefined : `${m.n} of ${m.of}`].filter(
    (part) => part !== undefined,
  )
  const more = facts.public || inside.length === 0 ? '' : ` ${inside.join(' ')}`
  return ['', m.statement, m.class, stateCell(m.state, `${m.spoken}.${more}`)]
}

const stateCell = (state: State, text: string): TextBlock => ({ text, color: colours[state] })
