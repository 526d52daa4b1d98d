import { type Act, Sealed } from '#kernel'
import { houseIndex, houseIndexes, houseIndexVersion, openPersonal } from '#keys'
import { personPlace } from '../place.ts'
import {
  countOtherEmails,
  countPersons,
  type EmailIndex,
  personsUnderOther,
  updateEmailIndexes,
} from './email-store.ts'

/** The keyed index's use for e-mails of persons. */
const use = 'identity.person.email'

const batch = 500

/** What a person is found by: the e-mail's index under every living version, the one that writes apart. */
export const emailIndexOf = (act: Act, email: string): EmailIndex => ({
  version: houseIndexVersion(act),
  value: houseIndex(act, use, email),
  all: houseIndexes(act, use, email),
})

/** E-mails whose index is made anew: what comes out after the commit are indexes, and no address. */
export interface EmailsAnew {
  readonly version: number
  readonly persons: readonly { readonly id: string; readonly value: Buffer }[]
}

/** Makes the indexes of some persons anew, under the version that writes now. */
export async function indexEmailsAnew(act: Act): Promise<Sealed<EmailsAnew>> {
  const version = houseIndexVersion(act)
  const persons = await personsUnderOther(act.sql, version, batch)
  act.tell({ personsIndexedAnew: persons.length, toVersion: version })
  const { secrets } = act
  return new Sealed((receipt) => ({
    version,
    persons: persons.map(({ id, email }) => {
      const address = openPersonal(receipt, secrets, 'house', personPlace('email', id), email)
      return { id, value: houseIndex(act, use, address) }
    }),
  }))
}

/** Puts indexes made anew in their places. */
export async function placeEmails(act: Act, { version, persons }: EmailsAnew): Promise<number> {
  if (persons.length > 0) await updateEmailIndexes(act.sql, version, persons)
  act.tell({ personsPlaced: persons.length, version })
  return persons.length
}

/** How many persons are found by another version than this. */
export const emailsUnderOther = ({ sql }: Act, version: number): Promise<number> =>
  countOtherEmails(sql, version)

/** How many persons there are to be found. */
export const emailsToFind = ({ sql }: Act): Promise<number> => countPersons(sql)
