import { equal, ok } from 'node:assert/strict'
import { test } from 'node:test'
import { houseLeaf, logFiles, makeKey } from './made-log.ts'
import { flippedCopies } from './made-pack.ts'
import { parseVerifierKey } from './src/note.ts'
import { filesSource } from './src/source.ts'
import { verifyLog } from './src/verify.ts'

const log = '018f0000-0000-7000-8000-00000000abcd'
const key = makeKey(`localhost:8443/holdfast/018f0000-0000-7000-8000-00000000aaaa/${log}`)
const keys = [parseVerifierKey(key.vkey)]

test('each single bit of checkpoint, tiles and bundles of a small log is bound', async () => {
  const files = logFiles(
    Array.from({ length: 5 }, (_, i) => houseLeaf(log, i)),
    key,
  )
  equal((await verifyLog(filesSource('test', files), { keys })).outcome, 'proven')
  let tried = 0
  for (const [path, copy] of flippedCopies(files, () => [0, 1, 2, 3, 4, 5, 6, 7])) {
    const { outcome } = await verifyLog(filesSource('test', copy), { keys })
    equal(outcome, 'refuted', `${path}, bit ${tried}`)
    tried += 1
  }
  ok(tried > 20_000, `${tried} copies`)
})
