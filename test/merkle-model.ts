import { ok } from 'node:assert/strict'
import { test } from 'node:test'
import { leafHash, nodeHash } from '../src/trail/tree/merkle.ts'
import {
  consistencyRanges,
  inclusionRanges,
  verifyConsistency,
  verifyInclusion,
} from '../src/trail/tree/merkle-proof.ts'

// Trees and proofs by the words of RFC 6962, as slow as they come.

/** Leaves of a made-up log. */
export const leavesOf = (size: number) =>
  Array.from({ length: size }, (_, i) => leafHash(Buffer.from(`entry ${i}`)))

/** The largest tree the model reckons. */
export const largestModel = 600
export const all = leavesOf(largestModel)
const known = new Map<number, Buffer>()

/** Root of the leaves `[start, end)` by the definition, each range reckoned once. */
export function modelRoot(start: number, end: number): Buffer {
  if (end - start === 1) return all[start]!
  const key = start * (largestModel + 1) + end
  const before = known.get(key)
  if (before !== undefined) return before
  const middle = start + splitOf(end - start)
  const root = nodeHash(modelRoot(start, middle), modelRoot(middle, end))
  known.set(key, root)
  return root
}

function splitOf(n: number): number {
  let split = 1
  while (split * 2 < n) split *= 2
  return split
}

/** Proof of RFC 6962 §2.1.1, word by word. */
export function modelPath(index: number, start: number, end: number): Buffer[] {
  if (end - start === 1) return []
  const middle = start + splitOf(end - start)
  return index < middle
    ? [...modelPath(index, start, middle), modelRoot(middle, end)]
    : [...modelPath(index, middle, end), modelRoot(start, middle)]
}

/** Proof of RFC 6962 §2.1.2, word by word. */
function modelSubproof(old: number, start: number, end: number, whole: boolean): Buffer[] {
  if (old === end) return whole ? [] : [modelRoot(start, end)]
  const middle = start + splitOf(end - start)
  return old <= middle
    ? [...modelSubproof(old, start, middle, whole), modelRoot(middle, end)]
    : [...modelSubproof(old, middle, end, false), modelRoot(start, middle)]
}

const same = (a: readonly Buffer[], b: readonly Buffer[]) =>
  a.length === b.length && a.every((hash, i) => hash.equals(b[i]!))

/** Every proof of the trees of these sizes is the one of the definition, and holds. */
export function testProofs(sizes: readonly number[]): void {
  const of = `of ${sizes.length} trees to ${sizes.at(-1)} leaves`
  test(`inclusion proofs are those of the definition, and hold, for every leaf ${of}`, () => {
    for (const size of sizes) {
      const root = modelRoot(0, size)
      for (let index = 0; index < size; index++) {
        const path = inclusionRanges(index, size).map(({ start, end }) => modelRoot(start, end))
        ok(same(path, modelPath(index, 0, size)), `leaf ${index} of ${size}`)
        ok(verifyInclusion(index, size, all[index]!, path, root), `leaf ${index} of ${size}`)
      }
    }
  })

  test(`consistency proofs are those of the definition, and hold, from all sizes before ${of}`, () => {
    for (const size of sizes) {
      const root = modelRoot(0, size)
      for (let old = 1; old <= size; old++) {
        const path = consistencyRanges(old, size).map(({ start, end }) => modelRoot(start, end))
        ok(same(path, modelSubproof(old, 0, size, true)), `${old} to ${size}`)
        ok(verifyConsistency(old, size, path, modelRoot(0, old), root), `${old} to ${size}`)
      }
    }
  })
}
