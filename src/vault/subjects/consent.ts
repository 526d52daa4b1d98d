/** What a subject can say about a purpose: that it agrees (GDPR Art. 7), or that it objects (Art. 21). */
export const sayings = ['consent', 'objection'] as const
export type Saying = (typeof sayings)[number]

/** One thing a subject said, with the evidence opened. */
export interface SaidOnce {
  readonly consentId: string
  readonly purpose: string
  readonly kind: Saying
  readonly givenAt: Date
  readonly evidence: string
  readonly endedAt: Date | null
  readonly endedHow: string | null
}

/** What its evidence is bound to: another row's does not open in its place. */
export const evidenceContext = (consentId: string, part: 'given' | 'ended'): string[] => [
  'vault.consent',
  consentId,
  part,
]
