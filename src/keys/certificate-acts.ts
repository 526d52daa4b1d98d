import { dayMs } from '#ground'
import { type Act, controllerOf } from '#kernel'
import { houseLog, provenEntry, signAsHouse } from '#trail'
import { type Certified, certificateText, type Proven } from './certificate.ts'
import { countErasures, destroyedWraps, type Destruction, erasureOf } from './destruction-store.ts'
import { keyringOf } from './keyring.ts'
import { goneBy, policy } from './policy.ts'
import { neverErased, ringLives } from './refusals.ts'

export interface Certificate {
  readonly certified: Certified
  /** The signed note. */
  readonly certificate: string
  readonly proofs: readonly Proven[]
  /** Entries it stands on that no signed checkpoint covers yet. */
  readonly pending: number
}

/**
 * The certificate of a subject's erasure, at the stage it has reached.
 *
 * @throws {Refusal} `keys.never-erased`; `trail.not-signed-yet`.
 */
export async function certifySubject(act: Act, subjectId: string): Promise<Certificate> {
  const controllerId = controllerOf(act)
  const erasure = await erasureOf(act.sql, controllerId, subjectId)
  if (erasure === undefined) throw neverErased()
  const ring = keyringOf(act.secrets).ring(controllerId)
  const destroyed = await destroyedWraps(act.sql, controllerId)
  // Whatever wrapped the key was made before it was destroyed.
  const made = (key: { createdAt: Date }) => key.createdAt <= erasure.at
  const living = ring.keys.filter((key) => key.family === 'wrap' && made(key))
  const before = destroyed.filter(made)
  const wrappingKeys = [
    ...before.map(({ version, at }) => ({ version, destroyedAt: at.toISOString() })),
    ...living.map(({ version }) => ({ version })),
  ]
  const last = Math.max(erasure.at.getTime(), ...before.map(({ at }) => at.getTime()))
  const gone =
    living.length === 0
      ? new Date(last + policy.bundleDays * dayMs)
      : goneBy(living.at(-1)!.createdAt)
  return issue(
    act,
    {
      stage: living.length === 0 && gone <= act.now ? 2 : 1,
      controllerId,
      subjectId,
      keyId: erasure.keyId,
      commitment: erasure.commitment.toString('hex'),
      erasedAt: erasure.at.toISOString(),
      erasedBy: erasure.reason,
      wrappingKeys,
      goneFromBackupsBy: gone.toISOString(),
      bundleDays: policy.bundleDays,
      issuedAt: act.now.toISOString(),
    },
    [{ action: erasure.reason, at: erasure.at }, ...before.slice(-1)],
  )
}

/**
 * The certificate of a controller that was ended with all its keys.
 *
 * @throws {Refusal} `keys.unknown-ring`, `keys.ring-lives`; `trail.not-signed-yet`.
 */
export async function certifyController(act: Act, controllerId: string): Promise<Certificate> {
  const { destroyedAt } = keyringOf(act.secrets).ring(controllerId)
  if (destroyedAt === undefined) throw ringLives()
  const gone = new Date(destroyedAt.getTime() + policy.bundleDays * dayMs)
  return issue(
    act,
    {
      stage: gone <= act.now ? 2 : 1,
      controllerId,
      subjects: await countErasures(act.sql, controllerId),
      erasedAt: destroyedAt.toISOString(),
      erasedBy: 'vault.controller.leave',
      wrappingKeys: [{ version: 0, destroyedAt: destroyedAt.toISOString() }],
      goneFromBackupsBy: gone.toISOString(),
      bundleDays: policy.bundleDays,
      issuedAt: act.now.toISOString(),
    },
    [],
  )
}

async function issue(
  act: Act,
  certified: Certified,
  stands: readonly Pick<Destruction, 'action' | 'at'>[],
): Promise<Certificate> {
  const proofs: Proven[] = []
  for (const { action, at } of stands)
    for (const log of [certified.controllerId, houseLog]) {
      const standing = await provenEntry(act.sql, log, action, at)
      if (standing === undefined) continue
      proofs.push({ ...standing, leaf: standing.leaf.toString('hex') })
      break
    }
  const text = certificateText(certified)
  const certificate = await signAsHouse(act.sql, act.secrets, text, act.now)
  act.tell({ certificate: { stage: certified.stage, subjectId: certified.subjectId ?? null } })
  return { certified, certificate, proofs, pending: stands.length - proofs.length }
}
