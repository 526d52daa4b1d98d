import { createHash } from 'node:crypto'
import { type Evidence, type Measure, type Probe, Refusal } from '#kernel'
import type { Outcome } from './verdict.ts'

/** What a check's run came to, before it is written down. */
export interface Run {
  readonly outcome: Outcome
  readonly n: number
  readonly of: number
  readonly finding: string
  readonly facts: Readonly<Record<string, unknown>>
  readonly probe: Probe | null
  readonly covers: Date
  readonly collected: Date
}

const longestFinding = 1000
const isCount = (value: number) => Number.isInteger(value) && value >= 0

/** A run that answered. Counts that are no counts make it an error: they prove nothing. */
export function runOf(evidence: Evidence, collected: Date): Run {
  const { holds, n, of, facts, probe = null, covers = collected } = evidence
  if (!isCount(n) || !isCount(of))
    return failedRun('The check answered with counts that are no whole numbers.', collected)
  const finding = evidence.finding.slice(0, longestFinding)
  return { outcome: holds ? 'pass' : 'fail', n, of, finding, facts, probe, covers, collected }
}

/** A run that threw: one sentence of the reason, never a stack. That it could not look the verdict says. */
export function brokenRun(error: unknown, collected: Date): Run {
  if (error instanceof Refusal)
    return failedRun(`The check was refused: ${error.code}. ${error.message}`, collected)
  const [first = ''] = (error instanceof Error ? error.message : '').split('\n')
  return failedRun(first === '' ? 'It did not say why.' : sentenceOf(first), collected)
}

const sentenceOf = (text: string) =>
  `${text[0]!.toUpperCase()}${text.slice(1)}${/[.!?…]$/.test(text) ? '' : '.'}`

function failedRun(finding: string, collected: Date): Run {
  return {
    outcome: 'error',
    n: 0,
    of: 0,
    finding: finding.slice(0, longestFinding),
    facts: {},
    probe: null,
    covers: collected,
    collected,
  }
}

/**
 * SHA-256 over a measure's class and the source text of its check, so evidence tells which code
 * it came from. What the check calls is covered by the release, not by this hash.
 */
export function codeHashOf({ class: kind, check }: Measure): Buffer | null {
  if (check === undefined) return null
  return createHash('sha256').update(`${kind}\n${check.toString()}`).digest()
}
