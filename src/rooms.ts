import type { Room } from '#kernel'
import { continuity } from '#continuity'
import { gate } from '#gate'
import { governance } from '#governance'
import { actionBook, identity } from '#identity'
import { incidents } from '#incidents'
import { keys } from '#keys'
import { measures } from '#measures'
import { trail } from '#trail'
import { vault } from '#vault'
import { watch } from '#watch'

/** Every room that has doors, lowest first. */
export const rooms: readonly Room[] = [
  trail,
  keys,
  gate,
  identity,
  vault,
  watch,
  continuity,
  governance,
  incidents,
  measures,
]

export const routes = rooms.flatMap((room) => room.routes ?? [])
export const jobs = rooms.flatMap((room) => room.jobs ?? [])
export const loops = rooms.flatMap((room) => room.loops ?? [])

// Asked for inside another act, or by doors that are no routes.
actionBook.enter(routes, [
  {
    action: 'vault.record.reveal',
    summary: 'Shows values in full instead of masked.',
    reads: true,
  },
  { action: 'trail.log.walk', summary: 'Walks the tiles of a log.', reads: true },
  {
    action: 'gate.upstream.request',
    summary: 'Uses the application behind our sign-in.',
    reads: false,
  },
])
