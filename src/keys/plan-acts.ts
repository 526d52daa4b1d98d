import { dayMs } from '#ground'
import type { Act } from '#kernel'
import { keyringOf } from './keyring.ts'
import { destroyBy, goneBy, policy } from './policy.ts'
import { houseRing } from './ring.ts'
import { isFamily, type Rotation, type Turnable } from './rotation.ts'
import { finaliseAfterMs, newest, ringOf } from './rotation-acts.ts'
import { lastDone, listRotations } from './rotation-store.ts'
import { countSubjectKeys } from './subject-key-store.ts'

/** What a rotation would do, without doing it. */
export interface Plan {
  readonly family: Turnable
  /** The version that works now; undefined for subject keys, which have ids. */
  readonly fromVersion: number | undefined
  readonly toVersion: number | undefined
  /** Subjects it has to go through. */
  readonly subjects: number
  /** How long the last one of its kind took for as many subjects; undefined where there was none to go by. */
  readonly seconds: number | undefined
  /** When the version of now would be destroyed, if nothing hangs on it any more; undefined where it stays. */
  readonly oldGoneBy: Date | undefined
  /** When it would be gone from every backup of the keyring, too. */
  readonly backupsGoneBy: Date | undefined
  /** When both would be so, were it made final at once. */
  readonly finalGoneBy: Date | undefined
}

/** What a rotation of these keys of the act's ring would do. Nothing is changed. */
export async function planRotation(act: Act, families: readonly Turnable[]): Promise<Plan[]> {
  const ring = ringOf(act)
  const facts = keyringOf(act.secrets).ring(ring)
  const subjects = ring === houseRing ? 0 : await countSubjectKeys(act.sql, ring)
  const plans: Plan[] = []
  for (const family of new Set(families)) {
    const current = newest(facts, family)
    const pace = await lastDone(act.sql, family)
    const goes = family === 'wrap' || family === 'index'
    const oldGoneBy = family === 'wrap' && current ? destroyBy(current.createdAt) : undefined
    plans.push({
      family,
      fromVersion: current?.version,
      toVersion: isFamily(family) && current ? current.version + 1 : undefined,
      subjects: family === 'seal' ? 0 : subjects,
      seconds: pace === undefined ? undefined : Math.ceil((pace * subjects) / 1000),
      oldGoneBy: family === 'index' ? later(act.now, policy.restoreDays * dayMs) : oldGoneBy,
      backupsGoneBy: family === 'wrap' && current ? goneBy(current.createdAt) : undefined,
      finalGoneBy: goes ? later(act.now, finaliseAfterMs + policy.bundleDays * dayMs) : undefined,
    })
  }
  return plans
}

/** Rotations, youngest first. */
export const rotations = ({ sql }: Act, ring: string | undefined): Promise<Rotation[]> =>
  listRotations(sql, ring, 50)

const later = (at: Date, ms: number): Date => new Date(at.getTime() + ms)
