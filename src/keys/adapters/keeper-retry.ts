import { setTimeout as pause } from 'node:timers/promises'
import { Refusal } from '#kernel'
import { keeperUnreachable } from '../refusals.ts'

const tries = 3
const firstPauseMs = 100

/**
 * Asks a keeper, and asks again where it does not answer or is busy. Other answers are taken as they are.
 *
 * @param ask - is told after how long it must give up.
 * @throws {Refusal} `keys.keeper-unreachable` after the last try.
 */
export async function patiently<T>(
  timeoutMs: number,
  ask: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  for (let left = tries - 1; ; left -= 1) {
    try {
      return await ask(AbortSignal.timeout(timeoutMs))
    } catch (error) {
      const known = error instanceof Refusal
      if (known && error.code !== 'keys.keeper-unreachable') throw error
      if (left === 0) throw known ? error : keeperUnreachable(reasonOf(error))
    }
    await pause(firstPauseMs * 4 ** (tries - 1 - left))
  }
}

/** A code or class, never an error's text: it may repeat what was sent. */
export function reasonOf(error: unknown): string {
  const { code, name, cause } = error as { code?: unknown; name?: unknown; cause?: unknown }
  const inner = (cause as { code?: unknown } | undefined)?.code
  if (typeof inner === 'string') return inner
  return typeof code === 'string' ? code : typeof name === 'string' ? name : 'unknown'
}
