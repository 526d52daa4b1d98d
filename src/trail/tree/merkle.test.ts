import { deepEqual, equal, ok, throws } from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { all, leavesOf, modelPath, modelRoot, testProofs } from '../../../test/merkle-model.ts'
import { emptyRoot, Frontier, hashBytes, leafHash, nodeHash, rootOf } from './merkle.ts'
import { inclusionRanges, verifyConsistency, verifyInclusion } from './merkle-proof.ts'

/** The eight leaves and the roots of Certificate Transparency's reference tests. */
const published = [
  ['', '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'],
  ['00', 'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125'],
  ['10', 'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77'],
  ['2021', 'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7'],
  ['3031', '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4'],
  ['40414243', '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef'],
  ['5051525354555657', 'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c'],
  [
    '606162636465666768696a6b6c6d6e6f',
    '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
  ],
] as const

test('roots equal those that Certificate Transparency published', () => {
  equal(
    emptyRoot.toString('hex'),
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  )
  const leaves = published.map(([hex]) => leafHash(Buffer.from(hex, 'hex')))
  published.forEach(([, root], i) =>
    equal(rootOf(leaves.slice(0, i + 1)).toString('hex'), root, `size ${i + 1}`),
  )
})

test('a tree that grows has the root of the definition at every size to 600', () => {
  const frontier = new Frontier()
  deepEqual(frontier.root(), emptyRoot)
  for (const [i, leaf] of all.entries()) {
    frontier.append(leaf)
    deepEqual(frontier.root(), rootOf(all.slice(0, i + 1)), `size ${i + 1}`)
    deepEqual(frontier.root(), modelRoot(0, i + 1))
  }
})

test('a subtree that does not start at its own width is not taken', () => {
  const frontier = new Frontier()
  frontier.append(emptyRoot)
  throws(() => frontier.append(emptyRoot, 2), RangeError)
})

const large = fc.integer({ min: 1, max: 2 ** 40 })

// Every size to 130, and those about the powers of two: `test/merkle.long.test.ts` takes every one to 600.
const edges = [254, 255, 256, 257, 258, 384, 511, 512, 513, 600]
testProofs([...Array.from({ length: 130 }, (_, i) => i + 1), ...edges])

test('the subtrees of a proof cover a tree of any size but for what is being proven', () => {
  fc.assert(
    fc.property(large, large, (a, b) => {
      const [index, size] = [Math.min(a, b) - 1, Math.max(a, b)]
      const ranges = inclusionRanges(index, size)
      const covered = ranges.reduce((sum, { start, end }) => sum + end - start, 1)
      equal(covered, size)
      ok(ranges.every(({ start, end }) => index < start || index >= end))
    }),
  )
})

test('a proof with a hash too many, too few, swapped, or for another place or size does not hold', () => {
  for (const [index, size] of [
    [0, 1],
    [3, 7],
    [6, 7],
    [8, 13],
  ] as const) {
    const leaves = leavesOf(size)
    const root = rootOf(leaves)
    const leaf = leaves[index]!
    const path = modelPath(index, 0, size)
    ok(verifyInclusion(index, size, leaf, path, root))
    ok(!verifyInclusion(index, size, leaf, [...path, root], root))
    ok(!verifyInclusion(index + 1, size, leaf, path, root))
    ok(!verifyInclusion(index, size + 20, leaf, path, root))
    ok(!verifyInclusion(index, size, root, path, leaf) || size === 1)
    if (path.length > 0) ok(!verifyInclusion(index, size, leaf, path.slice(1), root))
    if (path.length > 1) ok(!verifyInclusion(index, size, leaf, path.toReversed(), root))
  }
})

test('hashes of any length but 32 bytes, and sizes of zero, prove nothing', () => {
  const [left, right] = leavesOf(2) as [Buffer, Buffer]
  const root = nodeHash(left, right)
  // 64 bytes under the node's prefix hash to the root as well: a leaf must not pass for them.
  ok(!verifyInclusion(0, 1, Buffer.concat([left, right]), [], root))
  ok(!verifyInclusion(0, 2, left, [right.subarray(0, hashBytes - 1)], root))
  ok(!verifyInclusion(0, 0, left, [], left))
  ok(!verifyInclusion(-1, 1, left, [], left))
  ok(!verifyConsistency(0, 2, [], emptyRoot, root))
  ok(!verifyConsistency(0, 0, [], emptyRoot, emptyRoot))
  ok(!verifyConsistency(2, 1, [], root, left))
  ok(!verifyConsistency(1, 2, [], left, root))
  ok(!verifyConsistency(2, 2, [left], root, root))
})
