import type { IncomingMessage } from 'node:http'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { getHeapStatistics } from 'node:v8'
import { Admission } from '../admission.ts'
import { type BodyBounds, BodyRoom } from '../body-room.ts'
import { BodyWatch, type SlowBody } from '../body-watch.ts'
import { limits, type Limits } from '../limits.ts'
import { Pressure } from '../pressure.ts'

/** The door of one listener: who may come in, whose body has stalled, how much load there is. */
export interface Door {
  readonly admission: Admission
  readonly pressure: Pressure
  /** The memory that bodies wait in. */
  readonly bodyRoom: BodyRoom
  /** Cuts the request when its body stalls. For requests that have one. */
  watchBody(request: IncomingMessage): void
  close(): void
}

export interface DoorOptions {
  readonly limits?: Limits
  readonly slowBody?: SlowBody
  /** The load of the last second as milliseconds of delay; default: what the event loop felt. */
  readonly delayMs?: () => number
  /** Told of a request whose body is about to be cut; its stream then fails with `gate.body-too-slow`. */
  readonly onSlowBody?: (request: IncomingMessage) => void
}

/** A quarter of what Node lets the process have, and of that a quarter for one caller. */
function boundsOfMemory(): BodyBounds {
  const all = getHeapStatistics().heap_size_limit / 4
  return { all, each: all / 4 }
}

const resolutionMs = 20
const nsPerMs = 1e6

/** Opens the door: from now on load is measured and bodies are watched, once a second. */
export function openDoor(options: DoorOptions): Door {
  const pressure = new Pressure()
  const bodies = new BodyWatch<IncomingMessage>(options.onSlowBody ?? (() => {}), options.slowBody)
  const delay = monitorEventLoopDelay({ resolution: resolutionMs })
  delay.enable()
  const felt = options.delayMs ?? (() => delay.percentile(99) / nsPerMs - resolutionMs)
  const timer = setInterval(() => {
    pressure.observe(felt())
    delay.reset()
    bodies.sweep()
  }, 1_000)
  timer.unref()
  return {
    admission: new Admission(options.limits ?? limits, pressure),
    pressure,
    bodyRoom: new BodyRoom(boundsOfMemory()),
    watchBody: (request) => bodies.watch(request),
    close() {
      clearInterval(timer)
      delay.disable()
    },
  }
}
