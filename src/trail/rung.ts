/** How far the claim about tampering may go, and the words for it. */
export interface Claim {
  /** 0 is self-signed; 1 and above need a copy or a witness outside of our reach. */
  readonly rung: 0
  readonly words: 'tamper-detecting'
  readonly means: string
}

/**
 * What may be claimed. No anchor outside this installation exists yet, so it is rung 0: edits by
 * anyone without the signing key show; whoever holds that key could rewrite history.
 */
export const claim: Claim = {
  rung: 0,
  words: 'tamper-detecting',
  means:
    'Edits by anyone without the signing key show. No anchor outside this installation exists.',
}
