import { type Act, Sealed } from '#kernel'
import { dayMs, enqueue, newId } from '#ground'
import { openPerson } from '../accounts/acts.ts'
import { unknownNotice } from '../refusals.ts'
import { insertNotices, type NoticeKind, setMailed, setSeen, unmailed } from './notice-store.ts'

/** Tells people on their next page, and by mail where mail is configured. */
export async function notify(
  act: Act,
  personIds: readonly string[],
  kind: NoticeKind,
  facts: Readonly<Record<string, string>>,
): Promise<void> {
  if (personIds.length === 0) return
  const createdAt = act.now
  await insertNotices(
    act.sql,
    personIds.map((personId) => ({ id: newId(), personId, kind, facts, createdAt })),
  )
  await enqueue(act.sql, 'identity.mail-notices', {}, { key: 'identity.mail-notices' })
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
}

/**
 * Takes the notices to be mailed. They count as mailed from here on: twice would be noise, and the page
 * tells in any case.
 */
export async function takeLetters(act: Act): Promise<Sealed<Letter[]>> {
  const waiting = await unmailed(act.sql, new Date(act.now.getTime() - dayMs))
  const ids = waiting.map(({ id }) => id)
  if (ids.length > 0) await setMailed(act.sql, ids, act.now)
  act.tell({ noticeIds: ids })
  const { secrets } = act
  return new Sealed((receipt) =>
    waiting.map(({ id, personId, kind, facts, name, email }) => {
      const to = openPerson(receipt, secrets, { id: personId, name, email }).email
      return { id, to, kind, facts }
    }),
  )
}
