import { deepEqual, equal, notEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { billOf, scanOf } from './release.ts'

const run = (...results: object[]) => ({ tool: { driver: { name: 'CodeQL' } }, results })
const sarif = (...runs: object[]) => ({ version: '2.1.0', runs })

test('a scan is counted from its document: no level means warning, suppressed means not counted', () => {
  const scan = scanOf(
    sarif(
      run(
        { level: 'error' },
        {},
        { level: 'note' },
        { level: 'error', suppressions: [{ kind: 'inSource' }] },
      ),
    ),
  )
  deepEqual([scan?.tool, scan?.errors, scan?.warnings], ['CodeQL', 1, 1])
})

test('a document without a run, of another version or without a tool is no scan', () => {
  for (const other of [
    null,
    [],
    'sarif',
    {},
    sarif(),
    { version: '2.0.0', runs: [run()] },
    sarif({ results: [] }),
    { version: '2.1.0', runs: [run(), null] },
  ])
    equal(scanOf(other), undefined, JSON.stringify(other))
})

test('another document has another hash', () => {
  notEqual(scanOf(sarif(run()))?.sha256, scanOf(sarif(run({ level: 'note' })))?.sha256)
})

test('a bill of materials without components is none', () => {
  equal(billOf({ bomFormat: 'CycloneDX', specVersion: '1.6', components: [] }), undefined)
  equal(billOf({ bomFormat: 'SPDX', specVersion: '1.6', components: [{}] }), undefined)
  const bill = billOf({ bomFormat: 'CycloneDX', specVersion: '1.6', components: [{}, {}] })
  deepEqual([bill?.format, bill?.components], ['CycloneDX 1.6', 2])
})
