import { keyOf } from '../../ask.ts'

export const providersPath = '/v1/providers'

/** What a change of the trusted providers makes old. */
export const providersRenew = [keyOf(providersPath), keyOf('/v1/sessions/providers')]
