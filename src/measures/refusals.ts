import { Refusal } from '#kernel'

export const unknownMeasure = () =>
  new Refusal('measures.unknown-measure', 404, 'There is no such measure.')

export const noCheck = () =>
  new Refusal(
    'measures.no-check',
    409,
    'Nothing proves this measure yet, so there is no check to run.',
  )

export const stillChecking = () =>
  new Refusal(
    'measures.still-checking',
    503,
    'The check is still running; look again in a minute.',
    {
      retryAfterSeconds: 60,
    },
  )

export const exceptionNeedsPerson = () =>
  new Refusal(
    'measures.exception-needs-person',
    403,
    'An exception is a decision that only a person can make, signed in as herself or himself.',
  )

export const exceptionTooLong = (mostDays: number) =>
  new Refusal(
    'measures.exception-length',
    422,
    `An exception expires at a time to come, at most ${mostDays} days away.`,
    { mostDays },
  )

export const unknownException = () =>
  new Refusal('measures.unknown-exception', 404, 'This measure has no such exception in force.')
