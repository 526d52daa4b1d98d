import type { Static } from 'typebox'
import type {
  Enrolled as EnrolledShape,
  EnrolmentAsks,
} from '../../../../src/identity/account-wire.ts'

export type Asks = Static<typeof EnrolmentAsks>
export type Enrolled = Static<typeof EnrolledShape>

/** What a person says of themselves. */
export interface Person {
  readonly name: string
  readonly email: string
  readonly password: string
}
