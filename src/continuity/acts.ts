import { newId } from '#ground'
import type { Act } from '#kernel'
import { archiveKey } from './archive.ts'
import { type Backup, fileNameOf, lostAfterMs } from './backup.ts'
import { type Drill, firstObjective, type Objective } from './drill.ts'
import type { ObjectSum } from './object-sum.ts'
import { backupRunning, noBackup } from './refusals.ts'
import {
  currentObjective,
  failBackup,
  findBackup,
  finishBackup,
  insertBackup,
  insertDrill,
  insertObjective,
  type Outcome,
} from './store.ts'

/**
 * Notes a backup as begun.
 *
 * @returns its id, its file's name, and the key by which it will be known as ours.
 * @throws {Refusal} `continuity.backup-running`: one at a time in the whole installation.
 */
export async function beginBackup(
  act: Act,
  ofPlaces: number,
): Promise<{ id: string; file: string; key: Buffer }> {
  const id = newId()
  const file = fileNameOf(act.now, id)
  const lostBefore = new Date(act.now.getTime() - lostAfterMs)
  const begun = await insertBackup(act.sql, { id, startedAt: act.now, file, ofPlaces, lostBefore })
  if (!begun) throw backupRunning()
  act.tell({ backupId: id, file })
  return { id, file, key: archiveKey(act.secrets, id) }
}

/** Notes what became of it: its size and digest, in how many places it lies, which objects are in it. */
export async function endBackup(
  act: Act,
  id: string,
  outcome: Outcome,
  objects?: ObjectSum,
): Promise<Backup> {
  await finishBackup(act.sql, id, act.now, outcome)
  act.tell({ backupId: id, ...outcome, objects: objects ?? 'in a store outside' })
  return foundBackup(act, id)
}

/** Notes that it came to nothing, and why in a word. */
export async function abandonBackup(act: Act, id: string, problem: string): Promise<void> {
  await failBackup(act.sql, id, act.now, problem)
  act.tell({ backupId: id, problem })
}

/** @throws {Refusal} `continuity.no-backup` */
export async function foundBackup(act: Act, id: string): Promise<Backup> {
  const backup = await findBackup(act.sql, id)
  if (backup === undefined) throw noBackup()
  return backup
}

/** Keeps the figures of an exercise. The backup must be one of ours. */
export async function recordDrill(act: Act, figures: Omit<Drill, 'id' | 'at'>): Promise<Drill> {
  await foundBackup(act, figures.backupId)
  const drill = { ...figures, id: newId(), at: act.now }
  await insertDrill(act.sql, drill)
  act.tell({ drillId: drill.id, passed: drill.passed, ...drill.facts })
  return drill
}

/** Promises new figures from now on. Earlier ones stay on record. */
export async function promise(act: Act, objective: Objective): Promise<Objective> {
  const before = await promised(act)
  await insertObjective(act.sql, newId(), act.now, objective)
  act.tell({ before, after: objective })
  return objective
}

/** What is promised now. */
export async function promised(act: Act): Promise<Objective> {
  return (await currentObjective(act.sql)) ?? firstObjective
}
