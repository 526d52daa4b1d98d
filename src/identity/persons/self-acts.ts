import type { Act } from '#kernel'
import { type PersonRow, personNames } from '../accounts/actor-store.ts'
import { recoveryCodesLeft } from '../factors/store.ts'
import { grantsOf } from '../rights/grant-store.ts'
import { isPrivileged } from '../rights/role.ts'
import { type SecondStep, secondStepsOf } from '../sessions/acts.ts'
import { idleMinutesOf } from '../sessions/session.ts'
import { sessionOf, type SessionRow } from '../sessions/store.ts'

/** A person's own account, name and e-mail still sealed. */
export interface OwnAccount {
  readonly person: PersonRow
  readonly session: (SessionRow & { readonly idleMinutes: number }) | undefined
  readonly secondSteps: SecondStep[]
  readonly recoveryCodesLeft: number
}

/** The acting person's own account; undefined where the actor is no person. */
export async function ownAccount(act: Act): Promise<OwnAccount | undefined> {
  const { actor, sql, now } = act
  const [person] = actor.kind === 'person' ? await personNames(sql, [actor.id]) : []
  if (person === undefined) return undefined
  const session = actor.sessionId === undefined ? undefined : await sessionOf(sql, actor.sessionId)
  const held = await grantsOf(sql, [actor.id], now)
  const idleMinutes = idleMinutesOf(held.some((grant) => isPrivileged(grant.actions)))
  return {
    person,
    session: session && { ...session, idleMinutes },
    secondSteps: await secondStepsOf(act, actor.id),
    recoveryCodesLeft: await recoveryCodesLeft(sql, actor.id),
  }
}
