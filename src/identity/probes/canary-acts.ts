import type { Act } from '#kernel'
import { hourMs, minuteMs, newId } from '#ground'
import { sealPersonal } from '#keys'
import { insertActor, insertPerson } from '../accounts/actor-store.ts'
import { createWorkload, issueCredential } from '../accounts/acts.ts'
import { emailIndexOf } from '../accounts/email-acts.ts'
import { forgetEnrolment, invite } from '../persons/enrolment-acts.ts'
import { personPlace } from '../place.ts'
import { grantRole } from '../rights/grant-acts.ts'
import { beginSession } from '../sessions/acts.ts'
import { expireAllOf } from '../sessions/store.ts'
import type { Environment } from '../workloads/token.ts'
import { deleteCanary, deleteCanaryEnrolment, sweepCanaries } from './canary-store.ts'

const unconfined = { controllers: null, categories: null, purposes: null, expiresAt: null }

/** A workload of a check's own, with a credential for ten minutes and no rights. */
export async function plantWorkload(
  act: Act,
  environment: Environment = 'production',
): Promise<{ actorId: string; token: string; credentialId: string }> {
  await sweepCanaries(act.sql, new Date(act.now.getTime() - hourMs))
  const name = `canary ${newId()}`
  const { workloadId } = await createWorkload(act, { name, canary: true, environment })
  const expiresAt = new Date(act.now.getTime() + 10 * minuteMs)
  const issued = await issueCredential(act, workloadId, { label: 'canary', expiresAt })
  return { actorId: workloadId, ...issued }
}

/** The harmless right a canary may hold: to list roles. */
export const grantCanaryRole = (act: Act, actorId: string) =>
  grantRole(act, { actorId, role: 'canary', ...unconfined })

/** A person of a check's own, without password or factor, in a session of the given assurance. */
export async function plantPerson(
  act: Act,
  assurance: 1 | 2,
  role: string | undefined,
): Promise<{ actorId: string; token: string }> {
  await sweepCanaries(act.sql, new Date(act.now.getTime() - hourMs))
  const id = newId()
  const email = `${id}@canary.invalid`
  await insertActor(act.sql, { id, kind: 'person', canary: true, createdAt: act.now })
  const person = {
    id,
    name: sealPersonal(act, 'house', personPlace('name', id), 'Canary'),
    email: sealPersonal(act, 'house', personPlace('email', id), email),
    emailIndex: emailIndexOf(act, email),
    passwordHash: null,
  }
  await insertPerson(act.sql, person, act.now)
  if (role !== undefined) await grantRole(act, { actorId: id, role, ...unconfined })
  const { token } = await beginSession(act, id, assurance)
  return { actorId: id, token }
}

export async function removeCanary(act: Act, actorId: string): Promise<void> {
  await deleteCanary(act.sql, actorId)
  await sweepCanaries(act.sql, new Date(act.now.getTime() - hourMs))
}

/** A link of a check's own. It can be opened and tried, never completed. */
export const plantEnrolment = (act: Act) =>
  invite(act, { kind: 'invitation', roleNames: ['canary'], canary: true })

export async function removeCanaryEnrolment(
  act: Act,
  { enrolmentId, token }: { readonly enrolmentId: string; readonly token: string },
): Promise<void> {
  await deleteCanaryEnrolment(act.sql, enrolmentId)
  await forgetEnrolment(act, token)
}

/** Lets a canary's sessions run out, as time would. */
export const runOut = (act: Act, actorId: string) => expireAllOf(act.sql, actorId, act.now)
