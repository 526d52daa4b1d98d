import { withBenchHouse } from './parts/filled-house.ts'
import { importPieces, linesOf } from './parts/import.ts'
import { tell } from './parts/report.ts'
import { turnUnderLoad } from './parts/turning.ts'

// Keys of a controller turn while four clients find, read and replace its records: the wrapping key
// above every subject key, the index key, and the subject keys themselves with every record anew.

const subjects = Number(process.env['BENCH_SUBJECTS'] ?? 5_000)
const aimSeconds = 300

console.log(`rotation: ${subjects} subjects with a record of 1 KiB each, under load`)
await withBenchHouse(async (house) => {
  await importPieces(house, linesOf(0, subjects), subjects)
  for (const [family, what] of [
    ['wrap', 'every subject key wrapped anew'],
    ['index', 'every blind index made anew'],
    ['data', 'every record sealed anew under a new subject key'],
  ] as const) {
    const turned = await turnUnderLoad(house, family, subjects)
    if (turned.leftOver !== 0) throw new Error(`${turned.leftOver} are left under the old key`)
    tell({
      what,
      ours: turned.seconds,
      unit: 'seconds',
      ...(subjects >= 1_000_000 ? { aim: aimSeconds } : {}),
      note: `${turned.requests} requests meanwhile, ${turned.failed.length} failed, p99 ${turned.p99Ms.toFixed(0)} ms`,
    })
    if (turned.failed.length > 0) throw new Error(turned.failed[0])
  }
})
