import { setTimeout as pause } from 'node:timers/promises'
import { type Call, type Cross, Refusal, Sealed, type World } from '#kernel'
import type { OpenedEntry } from '../entries/details.ts'
import { toEntry } from '../entries/wire.ts'
import type { EntryFilter } from './filter.ts'
import { tooManyTails } from '../refusals.ts'
import { openEntry } from './acts.ts'
import { lookupPosition } from './store.ts'
import { isAnyAfter, searchEntries } from './walk-acts.ts'

/** The action of a tail's acts: no tail shows them, or each would feed itself and every other. */
export const tailAction = 'trail.entry.tail'

/** Entries of one act. */
const batchLength = 200
/** A batch a second: while one is on its way the next ones gather, so acts stay few however much happens. */
const lookEveryMs = 1000
const askAgainEveryMs = 5000
const keepAliveEveryMs = 15_000
const mostTails = 4

/** Tails under way in this process, by actor. */
const open = new Map<string, number>()

export interface TailOrder {
  readonly filter: EntryFilter
  /** The filter in the caller's words, for the entry. */
  readonly asked: Readonly<Record<string, unknown>>
  /** The last position seen; undefined begins with what comes next. */
  readonly after: number | undefined
}

interface Batch {
  readonly entries: readonly OpenedEntry[]
  readonly position: number
}

/**
 * New entries as server-sent events (WHATWG HTML §9.2), as they become findable. The id of each is its
 * position, so that a reader that comes back goes on where it was.
 *
 * That somebody follows is an entry, and each batch is told before it leaves. It ends, with an event
 * that says why, when the session ends, the right goes, or the house closes.
 *
 * @throws {Refusal} `trail.too-many-tails`.
 */
export async function* tail(
  cross: Cross,
  order: TailOrder,
  call: Call,
  world: Pick<World, 'glance' | 'closing'>,
): AsyncGenerator<string> {
  const { id } = call.actor
  const running = open.get(id) ?? 0
  if (running >= mostTails) throw tooManyTails(mostTails)
  open.set(id, running + 1)
  try {
    yield* follow(cross, order, call, world)
  } finally {
    const left = open.get(id)! - 1
    if (left === 0) open.delete(id)
    else open.set(id, left)
  }
}

async function* follow(
  cross: Cross,
  { filter, asked, after }: TailOrder,
  call: Call,
  world: Pick<World, 'glance' | 'closing'>,
): AsyncGenerator<string> {
  const wanted = { ...filter, except: [tailAction] }
  const gone = AbortSignal.any([call.signal, world.closing])
  let position = await cross(async (act) => {
    act.tell({ asked, begins: true })
    return after ?? (await lookupPosition(act.sql))
  }, 'read')
  yield `retry: 3000\nid: ${position}\nevent: began\ndata: {"position":${position}}\n\n`
  let quietMs = 0
  for (let turn = 1; await rest(gone); turn += 1) {
    if ((turn * lookEveryMs) % askAgainEveryMs === 0 && !(await call.stillMay())) {
      yield ending('over', 'The session has ended, or the right to look is gone.')
      return
    }
    const isNews = await world.glance((sql) => isAnyAfter(sql, wanted, position))
    quietMs = isNews ? 0 : quietMs + lookEveryMs
    if (isNews) {
      const batch = await nextBatch(cross, wanted, position)
      if (batch instanceof Refusal) {
        yield ending(batch.code, batch.message)
        return
      }
      position = batch.position
      yield batch.entries.map(eventOf).join('')
    } else if (quietMs % keepAliveEveryMs === 0) {
      yield ': still here\n\n'
    }
  }
  if (world.closing.aborted) yield ending('closing', 'The house closes; come back in a moment.')
}

/** The next entries, or the refusal that ends the tail. */
async function nextBatch(
  cross: Cross,
  filter: EntryFilter,
  after: number,
): Promise<Batch | Refusal> {
  try {
    return await cross(async (act) => {
      const { sql, secrets } = act
      const window = { newestFirst: false, after, limit: batchLength }
      const entries = await searchEntries(sql, filter, window)
      act.tell({ after, entries: entries.length })
      return new Sealed((receipt) => ({
        entries: entries.map((entry) => openEntry(receipt, secrets, entry)),
        position: entries.at(-1)?.position ?? after,
      }))
    }, 'read')
  } catch (error) {
    if (error instanceof Refusal) return error
    throw error
  }
}

/** Waits for the next look. @returns false when there will be none. */
async function rest(gone: AbortSignal): Promise<boolean> {
  await pause(lookEveryMs, undefined, { signal: gone }).catch(() => {})
  return !gone.aborted
}

const eventOf = (opened: OpenedEntry) =>
  `id: ${opened.entry.position}\nevent: entry\ndata: ${JSON.stringify(toEntry(opened))}\n\n`

const ending = (code: string, message: string) =>
  `event: end\ndata: ${JSON.stringify({ code, message })}\n\n`
