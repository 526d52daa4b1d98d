import type { MeasureClass } from '#kernel'
import type { Annex, Shown, ShownLine } from './annex.ts'
import type { State } from './verdict.ts'

/** What anyone may read of a measure: its sentence, class, state, and when it was verified. */
export interface PublicMeasure {
  readonly statement: string
  readonly class: MeasureClass
  readonly state: State
  readonly spoken: string
  /** When a check last looked, ISO 8601. */
  readonly lookedAt?: string
  /** The same instant, where what it saw proves the promise; nothing else is verified. */
  readonly verifiedAt?: string
}

export interface PublicAnnex {
  readonly preparedAt: string
  readonly summary: Annex['summary']
  readonly headings: {
    readonly document: string
    readonly title: string
    readonly lines: (Pick<ShownLine, 'id' | 'promise' | 'state' | 'references'> & {
      readonly measures: PublicMeasure[]
    })[]
  }[]
  readonly beyond: PublicMeasure[]
}

/** A measure without findings, counts, probes and cadence: those tell an attacker where to try. */
export function mayBePublic({
  statement,
  class: kind,
  state,
  spoken,
  lookedAt,
}: Shown): PublicMeasure {
  return {
    statement,
    class: kind,
    state,
    spoken,
    ...(lookedAt === undefined ? {} : { lookedAt }),
    ...(lookedAt === undefined || state !== 'proven' ? {} : { verifiedAt: lookedAt }),
  }
}

/** The annex for anyone: the same states as inside, never friendlier ones. */
export function publicAnnexOf({ preparedAt, summary, headings, beyond }: Annex): PublicAnnex {
  return {
    preparedAt,
    summary,
    headings: headings.map(({ document, title, lines }) => ({
      document,
      title,
      lines: lines.map(({ id, promise, state, references, measures }) => ({
        id,
        promise,
        state,
        references,
        measures: measures.map(mayBePublic),
      })),
    })),
    beyond: beyond.map(mayBePublic),
  }
}
