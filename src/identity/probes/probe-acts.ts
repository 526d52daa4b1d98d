import type { Act } from '#kernel'
import { minuteMs } from '#ground'
import { issueCredential, revokeCredential } from '../accounts/acts.ts'
import { type RevokedItem, setProbed, untriedRevocations } from '../reviews/store.ts'
import { actionBook, type KnownAction } from '../rights/action-book.ts'
import { matches } from '../rights/decide.ts'
import { countingGrants } from '../rights/grant-store.ts'
import { actionsOf, reaches } from '../rights/rights.ts'
import { beginSession } from '../sessions/acts.ts'
import { endSessionOf } from '../sessions/store.ts'

/** What is to be asked over the listener to see that a revoked grant is gone. */
export interface Trial {
  readonly item: RevokedItem
  readonly action: string
  readonly path: string
  readonly token: string
  readonly proofId: string
}

/**
 * Takes revocations to be tried, each with a proof of the holder's for a minute: what opened nothing in
 * the holder's hand opens nothing. Those that cannot be tried say why, and count as tried.
 */
export async function takeTrials(act: Act): Promise<Trial[]> {
  const trials: Trial[] = []
  for (const item of await untriedRevocations(act.sql)) {
    const known = item.stands ? await askable(act, item) : undefined
    if (known === undefined) {
      const answer = item.stands
        ? 'nothing of it can be asked for by reading'
        : 'the account is off'
      await keep(act, item, answer, null)
      continue
    }
    const path = known.url!.replace(':controllerId', item.controllers?.[0] ?? '')
    trials.push({ item, action: known.action, path, ...(await proofOf(act, item)) })
  }
  act.tell({ trials: trials.map(({ item: { grantId }, action }) => ({ grantId, action })) })
  return trials
}

/** A reading that the grant allowed and nothing else of its holder's does. */
async function askable(act: Act, item: RevokedItem): Promise<KnownAction | undefined> {
  const left = await countingGrants(act.sql, item.actorId, act.now)
  const revoked = { ...item, id: item.grantId }
  const allowed = new Set(actionsOf(item, revoked, actionBook.all()))
  return actionBook.all().find(({ action, method, url, reads }) => {
    const places = url?.match(/:\w+/g) ?? []
    const fits =
      item.controllers === null
        ? places.length === 0
        : places.length === 1 && places[0] === ':controllerId'
    return (
      method === 'GET' &&
      reads &&
      fits &&
      allowed.has(action) &&
      !left.some((other) => matches(other.actions, action) && reaches(other, revoked))
    )
  })
}

async function proofOf(act: Act, { kind, actorId }: RevokedItem) {
  if (kind === 'person') {
    const { sessionId, token } = await beginSession(act, actorId, 2)
    return { token, proofId: sessionId }
  }
  const expiresAt = new Date(act.now.getTime() + minuteMs)
  const issued = await issueCredential(act, actorId, { label: 'probe of a revocation', expiresAt })
  return { token: issued.token, proofId: issued.credentialId }
}

/** Ends the proof, and writes down what was answered. */
export async function endTrial(
  act: Act,
  { item, action, proofId }: Trial,
  answer: { readonly status: number; readonly code: string },
): Promise<void> {
  await endProof(act, { item, proofId })
  await keep(act, item, `${action}: ${answer.status} ${answer.code}`, verdictOf(answer))
}

/** Let in is a leak; any other no than "not permitted" says nothing about the grant. */
function verdictOf({ status, code }: { status: number; code: string }): boolean | null {
  if (status < 300) return false
  return status === 403 && code === 'identity.not-permitted' ? true : null
}

/** Ends the proof of a trial, also of one that could not be made. */
export async function endProof(act: Act, { item, proofId }: Pick<Trial, 'item' | 'proofId'>) {
  if (item.kind === 'person')
    await endSessionOf(act.sql, item.actorId, proofId, act.now, 'probe over')
  else await revokeCredential(act, proofId)
}

async function keep(act: Act, item: RevokedItem, answer: string, refused: boolean | null) {
  const { reviewId, grantId } = item
  await setProbed(act.sql, { reviewId, grantId, at: act.now, answer, refused })
  act.tell({ reviewId, grantId, answer, refused })
}
