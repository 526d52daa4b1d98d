import { Refusal } from '#kernel'

/** Look it up in the list of findings. */
export const unknownFinding = () => new Refusal('watch.unknown-finding', 404, 'No such finding.')

/** A finding taken up by an incident ends with that incident; close the incident instead. */
export const findingSettled = (state: string) =>
  new Refusal('watch.finding-settled', 409, `This finding is ${state} and cannot be dismissed.`, {
    state,
  })

/** Ask for fewer; a canary is one among many, not one in two. */
export const tooManyCanaries = (most: number) =>
  new Refusal('watch.too-many-canaries', 422, `A controller has at most ${most} canaries.`, {
    most,
  })
