import { Refusal } from '#kernel'
import { statesBefore, type ChangeState, type ChangeStep } from './change.ts'
import type { Missing } from './vendor.ts'
import { objectionDays } from './vendor.ts'

export const unknownItem = () =>
  new Refusal('governance.unknown-item', 404, 'This register has no such open entry.')

export const notADay = (field: string) =>
  new Refusal('governance.not-a-day', 422, `${field} must be a day that exists, as YYYY-MM-DD.`, {
    field,
  })

export const dayInFuture = (field: string) =>
  new Refusal('governance.day-in-future', 422, `${field} cannot lie in the future.`, { field })

export const dayInPast = (field: string) =>
  new Refusal('governance.day-in-past', 422, `${field} must lie in the future.`, { field })

export const daysReversed = (first: string, second: string) =>
  new Refusal('governance.days-reversed', 422, `${second} cannot lie before ${first}.`, {
    first,
    second,
  })

export const tooFarAhead = (field: string, mostDays: number) =>
  new Refusal('governance.too-far-ahead', 422, `${field} may lie at most ${mostDays} days ahead.`, {
    field,
    mostDays,
  })

export const needsPerson = () =>
  new Refusal(
    'governance.needs-person',
    403,
    'This is a statement that only a person can make, signed in as herself or himself.',
  )

export const nothingToChange = () =>
  new Refusal('governance.nothing-to-change', 422, 'Name a new owner or a new due day.')

export const deadlineFixed = () =>
  new Refusal(
    'governance.deadline-fixed',
    409,
    'This deadline follows from a promise and cannot be moved.',
  )

export const endsByItself = () =>
  new Refusal(
    'governance.ends-by-its-own-act',
    409,
    'An entry of this register is closed by the last step of its own life, not by hand.',
  )

export const cannotBeEmpty = () =>
  new Refusal(
    'governance.register-cannot-be-empty',
    409,
    'The promise behind this register needs entries; it cannot be met by having none.',
  )

export const notEmpty = () =>
  new Refusal('governance.register-not-empty', 409, 'This register has open entries.')

export const vendorNotReady = (missing: readonly Missing[]) =>
  new Refusal(
    'governance.vendor-not-ready',
    409,
    `The vendor may not be activated yet. Missing: ${missing.join(', ')}.`,
    { missing },
  )

export const vendorWrongState = (state: string, needed: readonly string[]) =>
  new Refusal(
    'governance.vendor-wrong-state',
    409,
    `The vendor is ${state}; this needs ${needed.join(' or ')}.`,
    { state, needed },
  )

export const windowOutOfRange = () =>
  new Refusal(
    'governance.objection-window',
    422,
    `Controllers get ${objectionDays.least} to ${objectionDays.most} days to object.`,
    objectionDays,
  )

export const windowClosed = () =>
  new Refusal('governance.objection-too-late', 409, 'No objection window of this vendor is open.')

export const onePartyOnly = () =>
  new Refusal(
    'governance.contract-parties',
    422,
    'A contract is with one vendor or with one controller.',
  )

export const retestMissing = () =>
  new Refusal(
    'governance.retest-missing',
    409,
    'A vulnerability closes only after its fix has passed a retest.',
  )

export const notFixed = () =>
  new Refusal('governance.not-fixed', 409, 'There is no fix to retest yet.')

export const versionMissing = () =>
  new Refusal(
    'governance.change-version',
    422,
    'A release names its version; other changes have none.',
  )

export const approvalByProposer = () =>
  new Refusal(
    'governance.approval-by-proposer',
    403,
    'A change is approved by another person than the one who proposed it.',
  )

export const changeWrongState = (state: ChangeState, step: ChangeStep | 'approval') =>
  new Refusal(
    'governance.change-wrong-state',
    409,
    step === 'approval'
      ? `The change is ${state}; only a proposed change is approved or rejected.`
      : `The change is ${state}; ${step} comes after ${statesBefore(step).join(' or ')}.`,
    { state, step },
  )

export const tagInUse = () =>
  new Refusal('governance.endpoint-exists', 409, 'There is an open endpoint with this tag.')

export const releaseExists = () =>
  new Refusal('governance.release-exists', 409, 'This version has its evidence already.')

export const reviewByAuthor = () =>
  new Refusal(
    'governance.review-by-author',
    422,
    'A release is reviewed by another person than its author.',
  )

export const scanUnreadable = () =>
  new Refusal(
    'governance.scan-unreadable',
    422,
    'The scan is not a SARIF 2.1.0 document with a run.',
  )

export const billUnreadable = () =>
  new Refusal(
    'governance.bill-unreadable',
    422,
    'The bill of materials is not a CycloneDX document with components.',
  )

export const scanHasErrors = (errors: number) =>
  new Refusal(
    'governance.scan-has-errors',
    409,
    `The scan reports ${errors} results of level error; a release goes out with none.`,
    { errors },
  )

export const badCursor = () =>
  new Refusal('governance.bad-cursor', 400, 'after must be the next of a page before.')

/** Ends a probe whose forbidden attempt went through, so that it does not commit. */
export const canaryPassed = () =>
  new Refusal('governance.canary-passed', 409, 'The forbidden attempt was not refused.')
