import { type Database, Gather } from '#ground'
import {
  Act,
  type Actor,
  type Ask,
  type Effect,
  house,
  type HouseCross,
  type May,
  Receipt,
  Refusal,
  Sealed,
  type Secrets,
  type Source,
} from '#kernel'
import {
  appendEntries,
  type Committed,
  type EntryDraft,
  type NewEntry,
  prepareEntry,
  storeEntries,
} from '#trail'

/** Who wants to do what, from where, and whether it changes anything. */
export interface Crossing extends Ask {
  readonly actor: Actor
  readonly source: Source
  readonly effect: Effect
  readonly reason?: string
}

/** A refusal or fault met before any act began: an unknown session, a body of the wrong shape. */
export interface Turned extends Pick<Crossing, 'actor' | 'source' | 'action' | 'scope'> {
  readonly outcome: 'refused' | 'failed'
  readonly code: string
}

export interface Threshold {
  /**
   * The one way in. Requests, commands and jobs all cross here: may the actor do this? then do it
   * and write the trail's entry; commit; and only then open what is sealed.
   *
   * @throws {Refusal} what identity or the act refuses; anything else is a fault. Either leaves an
   *   entry of its own, and nothing of the act remains.
   */
  perform<T>(
    crossing: Crossing,
    deed: (act: Act) => Promise<T | Sealed<T>>,
  ): Promise<{ readonly value: T; readonly receipt: Receipt }>
  /** Leaves the entry of a request that was turned away before it could become an act. */
  turnAway(turned: Turned): Promise<void>
  /** Whether the trail has an entry of this refusal or fault already. */
  hasTold(error: unknown): boolean
  /** Crosses as the house itself. */
  readonly asHouse: HouseCross
}

export interface ThresholdWorld {
  readonly database: Database
  readonly secrets: Secrets
  readonly clock: () => Date
  readonly may: May
  /** Whether what is taken on now could be committed: with a full disk nothing may be. */
  readonly hasRoom: () => boolean
  /** Told of entries that could not be written for a refused or failed act. */
  readonly onFault: (error: unknown, about: string) => void
}

const scopeName = (scope: Ask['scope']) => (scope === 'house' ? 'house' : scope.controllerId)
const receiptOf = ({ entryId, log, leafHash, at }: Committed) =>
  new Receipt(entryId, log, leafHash, at)

export function makeThreshold(world: ThresholdWorld): Threshold {
  const { database, secrets, clock, may, onFault, hasRoom } = world
  const told = new WeakSet<object>()
  // One statement is a transaction of its own: nothing else has to stand or fall with it.
  const shared = new Gather<NewEntry, Committed>((entries) => storeEntries(database, entries))
  // Made before it joins the others: a draft that cannot become an entry fails alone.
  const share = (draft: EntryDraft) => shared.add(prepareEntry(secrets, draft))

  const perform: Threshold['perform'] = async (crossing, deed) => {
    const { actor, action, scope, source, effect } = crossing
    const now = clock()
    const facts = { ...optional(crossing), actor, action, scope, source, at: now }
    let committed: Committed
    let value: Awaited<ReturnType<typeof deed>>
    // Before anything: the entry of a refusal needs room as well, and PostgreSQL what is left.
    if (!hasRoom()) throw refuseForRoom()
    try {
      const decision = may(actor, crossing)
      if (!decision.allowed) throw notPermitted(actor, decision)
      const { grantId } = decision
      const begin = (sql: Act['sql']) => new Act({ ...facts, now, sql, secrets, may, grantId })
      const done = ({ touched, concerned, declared, details }: Act): EntryDraft => ({
        ...facts,
        grantId,
        outcome: 'done',
        touched,
        concerned,
        declared,
        details,
      })
      if (effect === 'write') {
        ;[committed, value] = await database.transaction(
          { scope: scopeName(scope) },
          async (sql) => {
            const act = begin(sql)
            const result = await deed(act)
            const [entry] = await appendEntries(sql, secrets, [done(act)])
            return [entry!, result] as const
          },
        )
      } else {
        // A read commits its entry together with other reads'. What it read is still sealed, so
        // nothing is known to anyone before that commit.
        const [act, result] = await database.reading({ scope: scopeName(scope) }, async (sql) => {
          const act = begin(sql)
          return [act, await deed(act)] as const
        })
        ;[committed, value] = [await share(done(act)), result]
      }
    } catch (caught) {
      const error = isDiskFull(caught) ? refuseForRoom() : caught
      await leave({
        ...facts,
        outcome: error instanceof Refusal ? 'refused' : 'failed',
        code: error instanceof Refusal ? error.code : 'fault',
      })
      if (typeof error === 'object' && error !== null) told.add(error)
      throw error
    }
    const receipt = receiptOf(committed)
    return { value: value instanceof Sealed ? await value.open(receipt) : value, receipt }
  }

  /** Told nowhere but to the caller. */
  const refuseForRoom = () => {
    const refusal = noRoom()
    told.add(refusal)
    return refusal
  }

  /** An entry for what was not done. If it cannot be written either, the caller still hears the first error. */
  async function leave(draft: Omit<EntryDraft, 'touched' | 'details'>): Promise<void> {
    if (!hasRoom()) return
    try {
      await share({ ...draft, touched: [], details: {} })
    } catch (error) {
      onFault(error, `the entry of ${draft.outcome} ${draft.action}`)
    }
  }

  return {
    perform,
    turnAway: (turned) => leave({ ...turned, at: clock() }),
    hasTold: (error) => typeof error === 'object' && error !== null && told.has(error),
    asHouse: async ({ action, scope = 'house', effect = 'write', ...why }, deed) => {
      const crossing = {
        actor: house,
        action,
        scope,
        effect,
        source: inside,
        assurance: 0 as const,
      }
      return (await perform({ ...crossing, ...why }, deed)).value
    },
  }
}

/** Make room on the disk; the house goes on by itself. */
const noRoom = () =>
  new Refusal(
    'ground.no-room',
    503,
    'The disk is almost full, so nothing can be recorded, and nothing is done that is not. It goes on by itself once there is room.',
    { retryAfterSeconds: 5 },
  )

/** PostgreSQL's disk_full: the statement failed, and the transaction with it. */
const isDiskFull = (error: unknown) => (error as { code?: unknown } | null)?.code === '53100'

const inside: Source = { address: 'inside' }

function optional({ purpose, reason }: Crossing) {
  return {
    ...(purpose === undefined ? {} : { purpose }),
    ...(reason === undefined ? {} : { reason }),
  }
}

function notPermitted(actor: Actor, { code, message }: { code: string; message: string }): Refusal {
  return new Refusal(code, actor.kind === 'anonymous' ? 401 : 403, message)
}
