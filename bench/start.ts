import { withSupervised } from '../test/supervised.ts'
import { tell } from './parts/report.ts'

// From the command to the first answer: packages installed and console built, as after `npm start`
// has run once anywhere on this checkout.

console.log('start: holdfast start until requests are answered')
await withSupervised(async (house) => {
  const first = await house.start()
  tell({ what: 'first start: cluster, schema, keys, certificates', ours: first, unit: 'seconds' })
  await house.stop()
  const second = await house.start()
  tell({ what: 'second start', ours: second, unit: 'seconds', aim: 5 })
  await house.kill('all')
  const third = await house.start()
  tell({ what: 'start after kill -9 of everything', ours: third, unit: 'seconds' })
})
