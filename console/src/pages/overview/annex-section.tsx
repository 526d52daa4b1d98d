import { type Heading, type Line, needsAttention, type ShownMeasure } from './annex-query.ts'
import { placeOf } from './contents.tsx'
import { MeasureRow } from './measure-row.tsx'

/** One heading of the annex with its lines, and under each line the measures that keep it. */
export function AnnexSection({
  heading,
  attention,
}: {
  readonly heading: Heading
  /** Only lines that ask somebody to do something. */
  readonly attention: boolean
}) {
  const { document, title, lines } = heading
  const shown = attention ? lines.filter(({ state }) => needsAttention(state)) : lines
  if (shown.length === 0) return null
  const proven = lines.filter(({ state }) => state === 'proven').length
  return (
    <section className="annex-section" id={placeOf(heading)}>
      <header>
        <h2>{title}</h2>
        <span className="soft">
          {document} · {proven} of {lines.length} lines proven
        </span>
      </header>
      <ul className="annex-lines">
        {shown.map((line) => (
          <AnnexLine key={line.id} line={line} />
        ))}
      </ul>
    </section>
  )
}

const AnnexLine = ({ line: { id, promise, measures } }: { readonly line: Line }) => (
  <li className="annex-line">
    <span className="line-id">{id}</span>
    <div>
      <p className="promise">{promise}</p>
      {measures.length === 0 ? (
        <p className="soft">No measure stands behind this line yet.</p>
      ) : (
        <MeasureRows measures={measures} />
      )}
    </div>
  </li>
)

export const MeasureRows = ({ measures }: { readonly measures: readonly ShownMeasure[] }) => (
  <ul className="annex-measures">
    {measures.map((measure) => (
      <MeasureRow key={measure.id} measure={measure} />
    ))}
  </ul>
)
