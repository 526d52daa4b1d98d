import { continuity } from '#continuity'
import { gate } from '#gate'
import { governance } from '#governance'
import { identity } from '#identity'
import { incidents } from '#incidents'
import { type Measure, type Room } from '#kernel'
import { keys } from '#keys'
import { trail } from '#trail'
import { vault } from '#vault'
import { watch } from '#watch'

const rooms: readonly Room[] = [
  trail,
  keys,
  gate,
  identity,
  vault,
  watch,
  continuity,
  governance,
  incidents,
]

/** Every room's measures, in the order of the stair. */
export const allMeasures: readonly Measure[] = rooms.flatMap(({ measures = [] }) => measures)
