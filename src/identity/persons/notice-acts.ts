import { type Act, Sealed } from '#kernel'
import { dayMs, enqueue, newId } from '#ground'
import { openPerson } from '../accounts/acts.ts'
import { unknownNotice } from '../refusals.ts'
import {
  endNotices,
  insertNotices,
  type NoticeKind,
  peopleWhoMay,
  setMailed,
  setSeen,
  unmailed,
} from './notice-store.ts'

/** What a notice is about, and from when on it is no news. */
export interface NoticeEnd {
  readonly about?: string
  readonly endsAt?: Date
}

/**
 * Tells people on their next page, and by mail where mail is configured. Who acts without an account,
 * such as a workload, has no page and is told nothing.
 */
export async function notify(
  act: Act,
  personIds: readonly string[],
  kind: NoticeKind,
  facts: Readonly<Record<string, string>>,
  { about, endsAt }: NoticeEnd = {},
): Promise<void> {
  const told = personIds.filter((id) => id.includes('-'))
  if (told.length === 0) return
  const rest = { kind, facts, createdAt: act.now, about: about ?? null, endsAt: endsAt ?? null }
  await insertNotices(
    act.sql,
    told.map((personId) => ({ id: newId(), personId, ...rest })),
  )
  await enqueue(act.sql, 'identity.mail-notices', {}, { key: 'identity.mail-notices' })
}

/**
 * Tells everybody else who may decide that something waits for them, until somebody decides
 * ({@link noLongerWaits}) or until it lapses.
 *
 * @param action - what whoever decides must be allowed: unconfined, or for the act's own controller.
 */
export async function tellDeciders(
  act: Act,
  action: string,
  kind: NoticeKind,
  facts: Readonly<Record<string, string>>,
  end: NoticeEnd & { readonly about: string },
): Promise<void> {
  const controllerId = act.scope === 'house' ? null : act.scope.controllerId
  const deciders = await peopleWhoMay(act.sql, action, act.now, controllerId)
  const others = deciders.filter((id) => id !== act.actor.id)
  await notify(act, others, kind, facts, end)
}

/** What was answered waits for nobody: its notices are gone, for whoever answered and for the others. */
export async function noLongerWaits(act: Act, kind: NoticeKind, about: string): Promise<void> {
  await endNotices(act.sql, about, kind, act.now)
}

/** Puts one of the own notices away. @throws {Refusal} `identity.unknown-notice`. */
export async function seeNotice(act: Act, noticeId: string): Promise<void> {
  if ((await setSeen(act.sql, act.actor.id, noticeId, act.now)) === 0) throw unknownNotice()
  act.tell({ noticeId })
}

export interface Letter {
  readonly id: string
  readonly to: string
  readonly kind: NoticeKind
  readonly facts: Readonly<Record<string, string>>
  readonly toldAt: Date
}

/**
 * Takes the notices to be mailed. They count as mailed from here on: twice would be noise, and the page
 * tells in any case.
 */
export async function takeLetters(act: Act): Promise<Sealed<Letter[]>> {
  const waiting = await unmailed(act.sql, new Date(act.now.getTime() - dayMs), act.now)
  const ids = waiting.map(({ id }) => id)
  if (ids.length > 0) await setMailed(act.sql, ids, act.now)
  act.tell({ noticeIds: ids })
  const { secrets, now } = act
  return new Sealed((receipt) =>
    waiting.map(({ id, personId, kind, facts, name, email }) => {
      const to = openPerson(receipt, secrets, { id: personId, name, email }).email
      return { id, to, kind, facts, toldAt: now }
    }),
  )
}
