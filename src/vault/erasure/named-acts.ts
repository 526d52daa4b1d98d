import { type Act, controllerOf, type Cross, type HouseCross, type Sql } from '#kernel'
import { isStopped, placedIn, parseStatement, setsOf, unpackTouched } from '#trail'
import { endNumbered } from '../attachments/store.ts'
import { numberedControllers } from '../controllers/number-acts.ts'
import { deleteNumbered, ownersOf } from '../records/store.ts'
import { lockSubjects } from '../subjects/store.ts'
import { erasing, settling } from '../verification/record-states.ts'
import { eraseWithoutRecords, touchAll } from './acts.ts'
import {
  anyRestored,
  deleteRestored,
  insertRestored,
  restoredControllers,
} from './restored-store.ts'

/** Entries looked through in one act, and subjects. */
const window = 20_000
const subjectsAtOnce = 500

/** The action under which all of it is done. */
export const erasingAgain = 'vault.erase-again'

/** Notes that the act's controller's rows are those of a backup, whose log had so many entries in their places. */
export async function noteRestored(act: Act, placed: number): Promise<void> {
  await insertRestored(act.sql, { controllerId: controllerOf(act), placed })
}

/** Whether something may be to be erased again, and the trail will not say more of it. */
export const dueToEraseNamed = async (sql: Sql): Promise<boolean> =>
  (await anyRestored(sql)) && !(await isStopped(sql))

/**
 * Erases again what a restore brought back though the trail, which was brought back too, says that it was
 * erased after the backup: single records and files, and subjects that nothing is left of. The ledger knows
 * whole subjects only, and is not always at hand. A legal hold of the backup had been lifted, or nothing
 * had been erased. Killed in its midst, it begins anew.
 *
 * @returns how many records and files were back.
 */
export async function eraseNamed(cross: HouseCross): Promise<number> {
  const ask = { action: erasingAgain } as const
  let erased = 0
  const [all, living] = await cross(
    { ...ask, effect: 'read' },
    async (act) => [await restoredControllers(act.sql), await numberedControllers(act)] as const,
  )
  for (const { controllerId, placed } of all) {
    // Nothing is left of one that has left, and its log has ended.
    if (!living.includes(controllerId)) {
      await cross(ask, (act) => deleteRestored(act.sql, controllerId))
      continue
    }
    const own: Cross = (deed, effect = 'write') =>
      cross({ ...ask, scope: { controllerId }, effect }, deed)
    erased += await eraseNamedOf(own, placed)
    await own((act) => deleteRestored(act.sql, controllerId))
  }
  return erased
}

async function eraseNamedOf(cross: Cross, from: number): Promise<number> {
  const numbers = new Set<number>()
  for (let next: number | undefined = from; next !== undefined;)
    next = await cross((act) => takeErased(act, next!, numbers), 'read')
  if (numbers.size === 0) return 0
  const owners = await cross((act) => ownersOf(act.sql, controllerOf(act), [...numbers]), 'read')
  const bySubject = [...Map.groupBy(owners, ({ subjectId }) => subjectId)]
  for (let at = 0; at < bySubject.length; at += subjectsAtOnce) {
    const some = bySubject.slice(at, at + subjectsAtOnce)
    await cross((act) =>
      eraseNumbered(
        act,
        some.map(([subjectId]) => subjectId),
        some.flatMap(([, own]) => own.map(({ ordinal }) => ordinal)),
      ),
    )
  }
  return owners.length
}

/** Adds the numbers that the next entries erased, and takes out those somebody settled. @returns where to go on. */
async function takeErased(
  act: Act,
  from: number,
  numbers: Set<number>,
): Promise<number | undefined> {
  const log = controllerOf(act)
  const until = Math.min(from + window, await placedIn(act.sql, log))
  for (const { action, touched, statement } of await setsOf(act.sql, log, [...erasing, settling], {
    from,
    until,
  })) {
    if (action === settling) {
      const settles = statement === null ? undefined : parseStatement(statement).settles
      if (settles !== undefined && settles.version > 0) numbers.delete(settles.record)
    } else if (touched !== null)
      for (const { record } of unpackTouched(touched)) numbers.add(record)
  }
  return until < from + window ? undefined : until
}

async function eraseNumbered(
  act: Act,
  subjectIds: readonly string[],
  ordinals: readonly number[],
): Promise<void> {
  const controllerId = controllerOf(act)
  const subjects = await lockSubjects(act.sql, controllerId, subjectIds)
  const gone = [
    ...(await deleteNumbered(act.sql, controllerId, subjectIds, ordinals)),
    ...(await endNumbered(act.sql, controllerId, subjectIds, ordinals)),
  ]
  touchAll(act, subjects, gone)
  const living = subjects.filter(({ erasedAt }) => erasedAt === null)
  const subjectsErased = await eraseWithoutRecords(act, living)
  act.tell({ recordsErasedAgain: gone.length, subjectsErased })
}
