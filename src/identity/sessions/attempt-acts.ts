import type { Act } from '#kernel'
import { clientOf } from '#gate'
import { minuteMs } from '#ground'
import { throttled } from '../refusals.ts'
import { addAttempts, forgiveAttempts } from './throttle-store.ts'

/** So many attempts in so long, per account and per source (IPv6 by /64); NIST 800-63B-4 §3.2.2 allows a hundred. */
export const limit = { attempts: 10, minutes: 15 }

/**
 * Counts an attempt before it is judged, so that a hundred at once are a hundred. A good one is
 * taken back by {@link forgive}. Nobody can lock out another for longer than the window.
 *
 * @param account - what is tried: an e-mail, a person, an enrolment. Kept only as a keyed hash.
 * @throws {Refusal} `identity.throttled`, with the seconds to wait.
 */
export async function countAttempt(act: Act, account: string): Promise<void> {
  const from = new Date(act.now.getTime() - limit.minutes * minuteMs)
  const tallies = await addAttempts(act.sql, keysOf(act, account), act.now, from)
  const full = tallies.filter(({ attempts }) => attempts > limit.attempts)
  if (full.length === 0) return
  const freeAt = Math.max(...full.map(({ since }) => since.getTime())) + limit.minutes * minuteMs
  throw throttled(Math.max(1, Math.ceil((freeAt - act.now.getTime()) / 1000)))
}

/** Takes back a good attempt: all of the account's, and this one of the address. */
export async function forgive(act: Act, account: string): Promise<void> {
  const [all, one] = keysOf(act, account)
  await forgiveAttempts(act.sql, { all, one })
}

function keysOf(act: Act, account: string): readonly [Buffer, Buffer] {
  const key = (value: string) => act.secrets.mac('house', 'identity.throttle', value)
  return [key(`account ${account}`), key(`address ${clientOf(act.source.address).client}`)]
}
