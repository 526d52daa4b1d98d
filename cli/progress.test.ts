import { deepEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { showProgress } from './progress.ts'

test('in a pipe a step without a count is told without a figure, and one with a count with it', () => {
  const lines: string[] = []
  let now = 0
  const out = { isTTY: false, write: (line: string) => lines.push(line) > 0 }
  const progress = showProgress('drill', out as unknown as NodeJS.WriteStream, () => (now += 3_000))
  progress.update(0, undefined, 'taking everything down')
  progress.update(1_200, undefined, 'lines')
  progress.update(1, 4)
  progress.finish('all equal')
  deepEqual(lines, [
    'drill  taking everything down\n',
    'drill  1,200  lines\n',
    'drill  25 %\n',
    'done: drill  all equal\n',
  ])
})
