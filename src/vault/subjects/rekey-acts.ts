import { type Act, controllerOf, Sealed } from '#kernel'
import {
  advance,
  destroyIndexKey,
  heldRotation,
  indexKeysToGo,
  indexVersion,
  nextPass,
  openRecord,
  renewSubjectKeys,
  resealRecord,
  resumeRotation,
  type Rotation,
  type SubjectKey,
  subjectKeys,
} from '#keys'
import { sealAttachmentsAnew } from '../attachments/acts.ts'
import { contractOf } from '../controllers/acts.ts'
import { categoryOfBit } from '../controllers/contract.ts'
import type { FieldValue } from '../fields/field-value.ts'
import { indexesOf, subjectIndex } from '../fields/indexes.ts'
import type { FieldIndex } from '../records/row.ts'
import { deleteIndex, insertIndex } from '../records/store.ts'
import { saidByAll, updateSaid } from './consent-store.ts'
import { evidenceContext } from './consent.ts'
import {
  countIndexes,
  countOtherIndexes,
  countUnderOldKeys,
  lastOrdinal,
  type NewIndex,
  oldRecordIndexes,
  oldSubjectIndexes,
  recordsOf,
  subjectsBetween,
  unchangedRecords,
  updateIdentifiers,
  updateRecords,
  updateSubjectIndexes,
} from './rekey-store.ts'
import { lockSubjects } from './store.ts'
import { identifierContext, recordContext, type Subject } from './subject.ts'

const batch = 500

/**
 * Takes some of the controller's subjects a step further to new keys. First each gets another key;
 * only when all have one, and a while after, what they own is sealed under it. Whoever reads keys and
 * records at two instants so finds every record under the key, or one before it, that was read.
 * Killed at any point, a batch is done or not.
 */
export async function renewSome(act: Act, rotationId: string): Promise<Rotation> {
  const controllerId = controllerOf(act)
  const rotation = await heldRotation(act, rotationId)
  if (rotation.state !== 'running') return rotation
  const { until, next, ids, more } = await section(act, rotation)
  // In the order everybody locks in, so that nobody waits in a circle.
  const subjects = (await lockSubjects(act.sql, controllerId, ids)).filter(
    ({ erasedAt }) => erasedAt === null,
  )
  const living = subjects.map(({ subjectId }) => subjectId)
  if (rotation.pass === 1) await renewSubjectKeys(act, living)
  else await sealAnew(act, subjects)
  const moved = rotation.moved + subjects.length
  act.tell({ [rotation.pass === 1 ? 'subjectKeysRenewed' : 'subjectsSealedAnew']: living.length })
  if (more) return advance(act, rotation, { moved, cursor: next, until })
  if (rotation.pass === 1) return nextPass(act, { ...rotation, moved })
  const leftOver = await countUnderOldKeys(act.sql, controllerId)
  return advance(act, rotation, { moved, cursor: leftOver > 0 ? 0 : next, until, leftOver })
}

/** Seals anew, under their present keys, what subjects own. */
async function sealAnew(act: Act, subjects: readonly Subject[]): Promise<void> {
  if (subjects.length === 0) return
  const controllerId = controllerOf(act)
  const ids = subjects.map(({ subjectId }) => subjectId)
  const keys = await subjectKeys(act, ids)
  const records = await recordsOf(act.sql, controllerId, ids)
  await updateIdentifiers(
    act.sql,
    controllerId,
    subjects.map(({ subjectId, keySealed }) => {
      const key = keys.get(subjectId)!
      return {
        subjectId,
        keyId: key.id,
        keySealed: resealRecord(key, identifierContext, keySealed!),
      }
    }),
  )
  await updateRecords(
    act.sql,
    controllerId,
    records.map(({ subjectId, category, ...record }) => {
      const key = keys.get(subjectId)!
      const sealed = resealRecord(key, recordContext({ category, ...record }), record.sealed)
      return { subjectId, category, keyId: key.id, sealed }
    }),
  )
  await sealSaidAnew(act, keys, ids)
  await sealAttachmentsAnew(act, keys, ids)
}

/** Seals anew the evidence of what subjects have said. */
async function sealSaidAnew(
  act: Act,
  keys: ReadonlyMap<string, SubjectKey>,
  subjectIds: readonly string[],
): Promise<void> {
  const controllerId = controllerOf(act)
  const said = await saidByAll(act.sql, controllerId, subjectIds)
  if (said.length === 0) return
  await updateSaid(
    act.sql,
    controllerId,
    said.map(({ subjectId, consentId, evidence, endedHow }) => {
      const reseal = (part: 'given' | 'ended', sealed: Buffer) =>
        resealRecord(keys.get(subjectId)!, evidenceContext(consentId, part), sealed)
      return {
        consentId,
        evidence: reseal('given', evidence),
        endedHow: endedHow && reseal('ended', endedHow),
      }
    }),
  )
}

/** Blind indexes of some subjects, made anew. */
export interface Reindexed {
  /** The version of the index key they were made with. */
  readonly indexVersion: number
  readonly subjects: readonly NewIndex[]
  readonly records: readonly {
    readonly subjectId: string
    readonly category: number
    /** The record's version, as it was read. */
    readonly version: number
    readonly indexes: readonly FieldIndex[]
  }[]
  /** How many subjects were looked at. */
  readonly looked: number
  readonly until: number
  /** The last ordinal looked at. */
  readonly next: number
  readonly more: boolean
}

/**
 * Opens what older blind indexes were made of and makes them anew. Values stay inside: what comes out
 * after the commit are the new indexes.
 */
export async function indexAnew(act: Act, rotation: Rotation): Promise<Sealed<Reindexed>> {
  const controllerId = controllerOf(act)
  // What writes now, and not what the row names: a restored row may name an older one.
  const version = indexVersion(act)
  const { until, next, ids, more } = await section(act, rotation)
  const [controller, oldSubjects, old] = await Promise.all([
    contractOf(act),
    oldSubjectIndexes(act.sql, controllerId, ids, version),
    oldRecordIndexes(act.sql, controllerId, ids, version),
  ])
  const whose = [...new Set([...oldSubjects, ...old].map(({ subjectId }) => subjectId))]
  const wanted = new Set(old.map(placeName))
  const owners = [...new Set(old.map(({ subjectId }) => subjectId))]
  const all = await recordsOf(act.sql, controllerId, owners)
  const records = all.filter((record) => wanted.has(placeName(record)))
  // Last, so that no record is sealed under a younger key than those read.
  const keys = await subjectKeys(act, whose)
  act.tell({ ring: controllerId, indexedAnew: whose.length, toVersion: version })
  return new Sealed((receipt) => {
    const open = (subjectId: string, context: readonly string[], sealed: Buffer) =>
      openRecord(receipt, keys.get(subjectId)!, context, sealed).toString()
    return {
      subjects: oldSubjects.map(({ keySealed, ...one }) => ({
        ...one,
        anew: subjectIndex(act, open(one.subjectId, identifierContext, keySealed)),
      })),
      indexVersion: version,
      records: records.map((record) => {
        const text = open(record.subjectId, recordContext(record), record.sealed)
        const values = new Map(Object.entries(JSON.parse(text) as { [field: string]: FieldValue }))
        const category = categoryOfBit(controller, record.category)
        const row = { subjectKey: '', category, values, country: controller.country }
        const indexes = indexesOf(act, row)
        const { subjectId, version } = record
        return { subjectId, category: category.bit, version, indexes }
      }),
      looked: ids.length,
      until,
      next,
      more,
    }
  })
}

const placeName = ({ subjectId, category }: { subjectId: string; category: number }) =>
  `${subjectId} ${category}`

/** Puts indexes made anew in their places. What was changed in between carries the new version already. */
export async function placeIndexes(
  act: Act,
  rotationId: string,
  { indexVersion: version, subjects, records, looked, until, next, more }: Reindexed,
): Promise<Rotation> {
  const controllerId = controllerOf(act)
  const rotation = await heldRotation(act, rotationId)
  if (rotation.state !== 'running') return rotation
  const whose = new Set([...subjects, ...records].map(({ subjectId }) => subjectId))
  // Sent together, each after the one before: none of them needs its answer.
  const [, , unchanged] = await Promise.all([
    lockSubjects(act.sql, controllerId, [...whose]),
    updateSubjectIndexes(act.sql, controllerId, version, subjects),
    unchangedRecords(act.sql, controllerId, records),
  ])
  const still = new Set(unchanged.map(placeName))
  const entries = records
    .filter((record) => still.has(placeName(record)))
    .flatMap(({ subjectId, category, indexes }) =>
      indexes.map((index) => ({ subjectId, category, ...index })),
    )
  await Promise.all([
    deleteIndex(
      act.sql,
      controllerId,
      unchanged.map(({ subjectId }) => subjectId),
      unchanged.map(({ category }) => category),
    ),
    entries.length > 0 && insertIndex(act.sql, controllerId, version, entries),
  ])
  act.tell({ subjectsPlaced: subjects.length, recordsPlaced: unchanged.length })
  const moved = rotation.moved + looked
  if (more) return advance(act, rotation, { moved, cursor: next, until })
  const leftOver = await countOtherIndexes(act.sql, controllerId, version)
  return advance(act, rotation, { moved, cursor: leftOver > 0 ? 0 : next, until, leftOver })
}

/**
 * Destroys retired index keys whose time has come, and begins a rotation where indexes are left that
 * were made under another version and none is under way.
 */
export async function tidyIndex(act: Act): Promise<void> {
  const controllerId = controllerOf(act)
  for (const version of indexKeysToGo(act))
    await destroyIndexKey(act, version, await countIndexes(act.sql, controllerId, version))
  const left = await countOtherIndexes(act.sql, controllerId, indexVersion(act))
  if (left > 0) await resumeRotation(act, 'index')
}

/** The next subjects of a rotation. Those born after its beginning have the new key by themselves. */
async function section({ sql }: Act, { ring, cursor, until }: Rotation) {
  // A pass that left something over begins anew, and with those born in the meantime.
  const last = cursor === 0 || until === null ? await lastOrdinal(sql, ring) : until
  const subjects = await subjectsBetween(sql, ring, { after: cursor, until: last, limit: batch })
  return {
    until: last,
    next: subjects.at(-1)?.ordinal ?? last,
    ids: subjects.map(({ subjectId }) => subjectId),
    more: subjects.length === batch,
  }
}
