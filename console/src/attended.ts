import { useSyncExternalStore } from 'react'

/** Without a touch for this long, nobody is at the screen, and the page stops asking by itself. */
const attentionMs = 5 * 60_000

let lastTouch = Date.now()
let attended = true
const listeners = new Set<() => void>()

function turn(to: boolean): void {
  if (attended === to) return
  attended = to
  for (const listener of listeners) listener()
}

function touch(): void {
  lastTouch = Date.now()
  turn(true)
}

for (const event of ['pointerdown', 'pointermove', 'keydown', 'wheel', 'focus'])
  globalThis.addEventListener(event, touch, { passive: true, capture: true })
setInterval(() => turn(Date.now() - lastTouch < attentionMs), 15_000)

const listen = (listener: () => void) => {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

/** Whether somebody has touched the page of late. */
export const useAttended = (): boolean => useSyncExternalStore(listen, () => attended)

/**
 * How often a live page asks again: as given while somebody is there, not at all otherwise. A page
 * that asked for ever would keep the session of an empty chair alive.
 */
export const useLive = (everyMs: number): number | false => (useAttended() ? everyMs : false)
