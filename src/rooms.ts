import type { Room } from '#kernel'
import { continuity } from '#continuity'
import { gate } from '#gate'
import { identity } from '#identity'
import { trail } from '#trail'

/** Every room that has doors, lowest first. */
export const rooms: readonly Room[] = [trail, gate, identity, continuity]

export const routes = rooms.flatMap((room) => room.routes ?? [])
export const jobs = rooms.flatMap((room) => room.jobs ?? [])
export const loops = rooms.flatMap((room) => room.loops ?? [])
