import { minuteMs, newId } from '#ground'
import { type Act, controllerOf } from '#kernel'
import { insertDestruction } from './destruction-store.ts'
import { type KeyFacts, keyringOf, type RingFacts } from './keyring.ts'
import { indexSettleMs } from './policy.ts'
import { noRotation, notConfirmed, rotationRunning } from './refusals.ts'
import { type Family, houseRing } from './ring.ts'
import { isFamily, type Rotation, type Turnable } from './rotation.ts'
import { insertRotation, lockRotation, updateRotation } from './rotation-store.ts'
import { openWrapped } from './subject-key-acts.ts'
import { subjectKeyPlace } from './subject-key.ts'
import {
  countReferences,
  holdWraps,
  joinWraps,
  countSubjectKeys,
  lockOldSubjectKeys,
  updateWrapped,
} from './subject-key-store.ts'

const batch = 2_000

/** What stands in the way of a rotation is tried again after so long. */
const retryMs = 2_000

/**
 * A key that is to go at once goes after so long: by then no process takes it for the current one,
 * and every transaction that wrapped under it has ended (a statement may take two minutes, and so
 * may a pause between two).
 */
export const finaliseAfterMs = 10 * minuteMs

/** The ring an act is about: its controller's, or the house's own. */
export const ringOf = (act: Act): string => (act.scope === 'house' ? houseRing : controllerOf(act))

/**
 * Gives the act's ring new keys, and begins what has to follow: wrapping subject keys anew, indexing
 * anew, sealing records anew under new subject keys. What was sealed before stays readable: the
 * versions before are retired, and destroyed when nothing needs them.
 *
 * @param finalise - destroys them as soon as that is safe, minutes from now, instead of when their
 *   time has come: backups made before open with a younger bundle of the keyring only.
 * @throws {Refusal} `keys.unknown-ring`, `keys.ring-destroyed`, `keys.rotation-running`.
 */
export async function rotateRing(
  act: Act,
  which: readonly Turnable[] = ['wrap', 'seal'],
  finalise = false,
): Promise<RingFacts> {
  const ring = ringOf(act)
  const keyring = keyringOf(act.secrets)
  const turned = [...new Set(which)].filter((family) => ring !== houseRing || inHouse(family))
  const before = keyring.ring(ring)
  const subjects = ring === houseRing ? 0 : await countSubjectKeys(act.sql, ring)
  // The rows first: where one is refused, no key has been made.
  for (const family of turned) {
    const next = (newest(before, family)?.version ?? 0) + 1
    const toVersion = isFamily(family) ? next : null
    const begun = await begin(act, ring, { family, toVersion, subjects, finalise })
    if (!begun) throw rotationRunning()
  }
  const facts = keyring.rotate(ring, turned.filter(isFamily))
  const versions = turned.map((family) => [family, newest(facts, family)?.version ?? 'new keys'])
  act.tell({ ring, rotated: Object.fromEntries(versions), finalise })
  return facts
}

export const finaliseSentence = 'destroy the old keys'

/**
 * Turns the epoch now: new wrapping and index keys, and the old ones destroyed as soon as that is
 * safe. Database backups made before open only with a bundle of the keyring made after.
 *
 * @param confirm - {@link finaliseSentence}, typed.
 * @throws {Refusal} `keys.not-confirmed` and as {@link rotateRing}.
 */
export async function finaliseRing(act: Act, confirm: string): Promise<RingFacts> {
  if (confirm !== finaliseSentence) throw notConfirmed(finaliseSentence)
  // Nothing hangs on the house's own wrapping key: it goes when its time has come.
  return rotateRing(act, ringOf(act) === houseRing ? ['index'] : ['wrap', 'index'], true)
}

/** The house has no subjects. */
const inHouse = (family: Turnable) => family !== 'data'

/** Begins again what a lost row, or a restored backup, has left undone; nothing where it is under way. */
export async function resumeRotation(act: Act, family: 'wrap' | 'index'): Promise<void> {
  const ring = ringOf(act)
  const version = newest(keyringOf(act.secrets).ring(ring), family)?.version ?? 1
  const subjects = ring === houseRing ? 0 : await countSubjectKeys(act.sql, ring)
  const begun = await begin(act, ring, { family, toVersion: version, subjects, finalise: false })
  if (begun) act.tell({ ring, resumed: { [family]: version } })
}

interface Beginning {
  readonly family: Turnable
  readonly toVersion: number | null
  readonly subjects: number
  readonly finalise: boolean
}

/** Whether it was begun: not while another of the same keys is under way. */
async function begin(
  { sql, now }: Act,
  ring: string,
  { family, toVersion, subjects, finalise }: Beginning,
): Promise<boolean> {
  // Only what rows hang on takes time; the keyring itself turns in one step.
  const long = ring === houseRing ? family === 'index' : family !== 'seal'
  return insertRotation(sql, {
    rotationId: newId(),
    ring,
    family,
    toVersion,
    state: long ? 'running' : 'done',
    finalise: finalise && long,
    pass: 1,
    total: long ? subjects * (family === 'data' ? 2 : 1) : 1,
    moved: long ? 0 : 1,
    cursor: 0,
    until: null,
    leftOver: long ? null : 0,
    notBefore: family === 'index' ? after(now, indexSettleMs) : now,
    startedAt: now,
    movedAt: now,
    endedAt: long ? null : now,
  })
}

/**
 * Wraps some of the controller's subject keys anew under its current key. Killed at any point, a
 * batch is done or not; the next call goes on.
 */
export async function rewrapSome(act: Act, rotationId: string): Promise<Rotation> {
  const controllerId = controllerOf(act)
  const keyring = keyringOf(act.secrets)
  const rotation = await heldRotation(act, rotationId)
  if (rotation.state !== 'running') return rotation
  await joinWraps(act.sql, controllerId)
  const to = newest(keyring.ring(controllerId), 'wrap')?.version ?? 0
  const old = await lockOldSubjectKeys(act.sql, controllerId, to, batch)
  const rows = old.map((row) => {
    const raw = openWrapped(act, row)
    const { version, wrapped } = keyring.wrap(controllerId, subjectKeyPlace(row), raw)
    raw.fill(0)
    return { id: row.id, kekVersion: version, wrapped }
  })
  if (rows.length > 0) await updateWrapped(act.sql, rows)
  act.tell({ ring: controllerId, to, rewrapped: rows.length })
  const moved = rotation.moved + rows.length
  if (rows.length === batch) return advance(act, rotation, { moved })
  const left = (await countReferences(act.sql, [controllerId]))
    .filter(({ version }) => version < to)
    .reduce((sum, { count }) => sum + count, 0)
  return advance(act, rotation, { moved, leftOver: left })
}

/**
 * Notes a step of a rotation. With nothing left over it is proven; what is left is somebody else's
 * to let go of, and is tried again soon.
 */
export async function advance(
  act: Act,
  rotation: Rotation,
  step: Partial<Pick<Rotation, 'moved' | 'cursor' | 'until' | 'leftOver' | 'total'>>,
): Promise<Rotation> {
  const { now } = act
  const so = { ...rotation, ...step, movedAt: now }
  const proven = step.leftOver === 0
  const ended = proven && !rotation.finalise
  const next: Rotation = {
    ...so,
    total: Math.max(so.total, so.moved),
    state: ended ? 'done' : proven ? 'proven' : 'running',
    endedAt: ended ? now : null,
    notBefore: proven
      ? after(rotation.startedAt, finaliseAfterMs)
      : step.leftOver === undefined
        ? rotation.notBefore
        : after(now, retryMs),
  }
  await updateRotation(act.sql, next)
  if (step.leftOver !== undefined) act.tell({ ring: rotation.ring, left: step.leftOver })
  return next
}

/** Begins the second pass of a rotation, once everybody who read before the first ended has done. */
export async function nextPass(act: Act, rotation: Rotation): Promise<Rotation> {
  const second = { ...rotation, pass: 2, cursor: 0, until: null, movedAt: act.now } as const
  const next: Rotation = { ...second, notBefore: after(act.now, indexSettleMs) }
  await updateRotation(act.sql, next)
  return next
}

/** A rotation of the act's ring, locked. @throws {Refusal} `keys.no-rotation`. */
export async function heldRotation(act: Act, rotationId: string): Promise<Rotation> {
  const rotation = await lockRotation(act.sql, rotationId)
  if (rotation === undefined || rotation.ring !== ringOf(act)) throw noRotation()
  return rotation
}

/**
 * Ends a proven rotation that is to be final: what hangs on the old is counted once more, from what
 * is committed by now, and the old is destroyed.
 *
 * @param left - rows that still hang on older versions, counted in this act.
 */
export async function finishRotation(
  act: Act,
  rotationId: string,
  left: number,
): Promise<Rotation> {
  const rotation = await heldRotation(act, rotationId)
  if (rotation.state !== 'proven') return rotation
  // Somebody wrapped under the old key after the proof: those are moved, and proven, first.
  if (left > 0) {
    const again: Rotation = {
      ...rotation,
      state: 'running',
      leftOver: left,
      cursor: 0,
      until: null,
    }
    await updateRotation(act.sql, again)
    return again
  }
  const { ring, family, toVersion } = rotation
  const destroyed: number[] = []
  if ((family === 'wrap' || family === 'index') && toVersion !== null) {
    const keyring = keyringOf(act.secrets)
    for (const key of keyring.ring(ring).keys)
      if (key.family === family && key.version < toVersion) {
        await destroyKey(act, ring, family, key.version)
        destroyed.push(key.version)
      }
  }
  act.tell({ ring, family, references: 0, destroyedVersions: destroyed })
  const done: Rotation = { ...rotation, state: 'done', movedAt: act.now, endedAt: act.now }
  await updateRotation(act.sql, done)
  return done
}

/** Destroys a retired key, and writes down by which act. The caller has counted that nothing needs it. */
export async function destroyKey(
  { sql, secrets, now, action }: Act,
  ring: string,
  family: 'wrap' | 'index',
  version: number,
): Promise<void> {
  const keyring = keyringOf(secrets)
  const key = keyring.ring(ring).keys.find((k) => k.family === family && k.version === version)
  if (key === undefined) return
  const { createdAt } = key
  await insertDestruction(sql, ring, { family, version, createdAt, at: now, action })
  keyring.destroyVersion(ring, family, version)
}

/** Gives up rotations of a ring that was destroyed: nothing is left of what they turned. */
export async function abandonRotation(act: Act, rotationId: string): Promise<void> {
  const rotation = await heldRotation(act, rotationId)
  const gone = { state: 'done', leftOver: 0, movedAt: act.now, endedAt: act.now } as const
  await updateRotation(act.sql, { ...rotation, ...gone })
  act.tell({ ring: rotation.ring, abandoned: rotation.family })
}

/**
 * How many subject keys of the controller are wrapped under versions older than this one. Nobody wraps
 * until the act ends: what is counted is all there will be.
 */
export async function wrappedBefore(act: Act, version: number): Promise<number> {
  await holdWraps(act.sql, controllerOf(act))
  const counts = await countReferences(act.sql, [controllerOf(act)])
  return counts.filter((r) => r.version < version).reduce((sum, { count }) => sum + count, 0)
}

/** A new root key. Every ring's keys are wrapped anew under it; the old root is destroyed. */
export async function rotateRoot(act: Act): Promise<{ version: number; createdAt: Date }> {
  const keyring = keyringOf(act.secrets)
  const root = await keyring.rotateRoot()
  const keys = keyring.rings().reduce((sum, ring) => sum + ring.keys.length, 0)
  await insertRotation(act.sql, {
    rotationId: newId(),
    ring: houseRing,
    family: 'root',
    toVersion: root.version,
    state: 'done',
    finalise: true,
    pass: 1,
    total: keys,
    moved: keys,
    cursor: 0,
    until: null,
    leftOver: 0,
    notBefore: act.now,
    startedAt: act.now,
    movedAt: act.now,
    endedAt: act.now,
  })
  act.tell({ rootVersion: root.version, keysWrappedAnew: keys })
  return root
}

export const newest = ({ keys }: RingFacts, family: Turnable | Family): KeyFacts | undefined =>
  keys.findLast((key) => key.family === family)

const after = (at: Date, ms: number): Date => new Date(at.getTime() + ms)
