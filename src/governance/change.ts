export const changeKinds = ['release', 'configuration', 'infrastructure'] as const
export type ChangeKind = (typeof changeKinds)[number]

export type ChangeState =
  | 'proposed'
  | 'approved'
  | 'rejected'
  | 'staged'
  | 'tested'
  | 'live'
  | 'rolled-back'
  | 'withdrawn'

export const changeSteps = ['staged', 'tested', 'live', 'rolled-back', 'withdrawn'] as const
export type ChangeStep = (typeof changeSteps)[number]

const before: Readonly<Record<ChangeStep, readonly ChangeState[]>> = {
  staged: ['approved'],
  tested: ['staged'],
  live: ['tested'],
  'rolled-back': ['staged', 'tested', 'live'],
  withdrawn: ['proposed', 'approved'],
}

/** Whether a change in `state` may take `step`: nobody jumps over approval, staging or testing. */
export const mayStep = (state: ChangeState, step: ChangeStep): boolean =>
  before[step].includes(state)

/** States the step must follow, for the refusal's sentence. */
export const statesBefore = (step: ChangeStep): readonly ChangeState[] => before[step]

/** Steps after which nobody has anything left to do. A live change can still be rolled back. */
export const isLast = (step: ChangeStep | 'approved' | 'rejected'): boolean =>
  step === 'live' || step === 'rolled-back' || step === 'withdrawn' || step === 'rejected'
