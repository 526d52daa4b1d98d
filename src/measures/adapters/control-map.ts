import rows from '../../../data/control-map.json' with { type: 'json' }

/** Ids of clauses and controls, of which a line is part. Ids only: mapping one is not certification. */
export interface References {
  readonly gdpr: string[]
  /** Categories of the EU standard contractual clauses' annex on measures, by number. */
  readonly scc: string[]
  readonly iso27001: string[]
  readonly soc2: string[]
  readonly nist80053: string[]
  readonly cis8: string[]
}

const none: References = { gdpr: [], scc: [], iso27001: [], soc2: [], nist80053: [], cis8: [] }

const split = (text: string | undefined, by: RegExp): string[] =>
  (text ?? '').split(by).filter((part) => part !== '')

const byLine = new Map<string, References>(
  (rows as readonly (readonly string[])[]).map(([line, , gdpr, scc, iso, soc2, nist, cis]) => [
    line ?? '',
    {
      gdpr: split(gdpr, /,\s*/),
      scc: split(scc, /,\s*/),
      iso27001: split(iso, /\s+/).map((id) => `A.${id}`),
      soc2: split(soc2, /\s+/),
      nist80053: split(nist, / (?=[A-Z])/),
      cis8: split(cis, /\s+/),
    },
  ]),
)

/** What a line of the annex maps to. */
export const referencesOf = (line: string): References => byLine.get(line) ?? none
