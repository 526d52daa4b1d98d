import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import {
  entryId,
  houseLeaf,
  logFiles,
  MadeTree,
  makeKey,
  payloadOf,
  signedCheckpoint,
} from './made-log.ts'
import { parsePolicy } from './src/policy.ts'
import { parseVerifierKey } from './src/note.ts'
import type { Report } from './src/report.ts'
import { filesSource } from './src/source.ts'
import { verifyLog, type VerifyOptions } from './src/verify.ts'
import { walkTree } from './src/walk.ts'
import { flippedCopies, packOf, signReceipt } from './made-pack.ts'

const installation = 'localhost:8443/holdfast/018f0000-0000-7000-8000-00000000aaaa'
const log = '018f0000-0000-7000-8000-00000000abcd'
const key = makeKey(`${installation}/${log}`)
const given = { keys: [parseVerifierKey(key.vkey)] }
const leavesOf = (size: number) => Array.from({ length: size }, (_, i) => houseLeaf(log, i))
const verify = (files: ReadonlyMap<string, Uint8Array>, options: VerifyOptions = given) =>
  verifyLog(filesSource('test', files), options)
const said = ({ lines }: Report, mark: string) =>
  lines.filter((line) => line.mark === mark).map(({ text }) => text)

test('at every size from 0 to 600 the files of a log come to the root of the definition', async () => {
  const entries = Array.from({ length: 600 }, (_, i) => Buffer.from(`entry ${i}`))
  const model = new MadeTree(entries)
  const sizes = Array.from({ length: 601 }, (_, size) => size)
  for (const size of sizes) {
    const source = filesSource('test', logFiles(entries.slice(0, size), key))
    const { root, faults, gaps, missingTiles, entries: walked } = await walkTree({ source, size })
    deepEqual([faults, gaps, missingTiles, walked], [[], [], [], size])
    ok(model.root(0, size).equals(root!), `size ${size}`)
  }
  const source = filesSource('test', logFiles(entries, key))
  const { rootAt } = await walkTree({ source, size: 600, sizes })
  equal(rootAt.size, 601)
  for (const [size, root] of rootAt) ok(model.root(0, size).equals(root), `root at ${size}`)
})

test('large logs of any size come to the root of the definition, with every tile seen', async () => {
  const entries = Array.from({ length: 70_000 }, (_, i) => Buffer.from(`entry ${i}`))
  const model = new MadeTree(entries)
  const files = logFiles(entries, key)
  const whole = await walkTree({ source: filesSource('test', files), size: 70_000 })
  ok(model.root().equals(whole.root!))
  // The specification's own example: 273 and a partial one, one and a partial one, a partial one.
  equal(whole.tiles, 274 + 2 + 1)
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 69_999 }), async (size) => {
      const source = filesSource('test', logFiles(entries.slice(0, size), key))
      const { root, faults } = await walkTree({ source, size })
      return faults.length === 0 && model.root(0, size).equals(root!)
    }),
    { numRuns: 3 },
  )
})

test('a log as a house writes it is proven under a key from outside, and only under that', async () => {
  const files = logFiles(leavesOf(300), key)
  const report = await verify(files)
  deepEqual([report.outcome, report.size, report.entries], ['proven', 300, 300])
  deepEqual(said(report, 'refuted'), [])
  equal(report.rung?.words, 'tamper-detecting')
  equal((await verify(files, {})).outcome, 'incomplete')
  const other = { keys: [parseVerifierKey(makeKey(key.name).vkey)] }
  equal((await verify(files, other)).outcome, 'refuted')
})

test('the empty log is proven, and one that calls itself empty with another root is not', async () => {
  const report = await verify(
    new Map([['checkpoint', Buffer.from(signedCheckpoint(key, 0, new MadeTree().root()))]]),
  )
  equal(report.outcome, 'proven')
  match(said(report, 'proven').join('\n'), /empty tree/)
  const wrong = signedCheckpoint(key, 0, new MadeTree([Buffer.from('x')]).root())
  equal((await verify(new Map([['checkpoint', Buffer.from(wrong)]]))).outcome, 'refuted')
})

test('no bit of checkpoint, tile or bundle can change', async () => {
  const files = logFiles(leavesOf(3), key)
  equal((await verify(files)).outcome, 'proven')
  let tried = 0
  for (const [path, copy] of flippedCopies(files, (byte) => [byte % 8])) {
    const { outcome } = await verify(copy)
    equal(outcome, 'refuted', `${path}, try ${tried}`)
    tried += 1
  }
  ok(tried > 1500, `${tried} copies`)
})

test('what is left out shows: an entry, a bundle, the end of the log, a tile', async () => {
  const files = logFiles(leavesOf(600), key)
  const without = (path: string) => new Map([...files].filter(([name]) => name !== path))
  const gap = await verify(without('tile/entries/001'))
  equal(gap.outcome, 'refuted')
  match(said(gap, 'refuted').join(), /Entries 256 to 511 are not here/)
  const tail = await verify(without('tile/entries/002.p/88'))
  match(said(tail, 'refuted').join(), /Entries 512 to 599/)
  const tile = await verify(without('tile/0/001'))
  equal(tile.outcome, 'proven')
  match(said(tile, 'unchecked').join(), /first tile\/0\/001/)
  equal((await verify(without('tile/1/000.p/2'))).outcome, 'proven')
  const both = new Map(without('tile/entries/001'))
  both.delete('tile/0/001')
  equal((await verify(both)).outcome, 'refuted')
  const shorter = new Map(logFiles(leavesOf(599), key))
  shorter.set('checkpoint', files.get('checkpoint')!)
  equal((await verify(shorter)).outcome, 'refuted')
  equal((await verify(without('checkpoint'))).outcome, 'incomplete')
})

test('an entry of another log, of another version or out of form is named by its place', async () => {
  const odd = [
    [houseLeaf('018f0000-0000-7000-8000-00000000ffff', 5), /another log/],
    [houseLeaf(log, 5, { v: 2 }), /another version/],
    [Buffer.from(houseLeaf(log, 5).toString().replace('"v":1', '"v": 1')), /canonical/],
    [Buffer.from(houseLeaf(log, 5).toString().replace('"act":"vault.record.read",', '')), /no act/],
    [houseLeaf(log, 5, { pd: 'x' }), /pd is no digest/],
    [Buffer.from('plain'), /no JSON/],
    [Buffer.of(0xff), /UTF-8/],
  ] as const
  for (const [leaf, finds] of odd) {
    const leaves = leavesOf(10).with(5, leaf)
    const { outcome, lines } = await verify(logFiles(leaves, key))
    equal(outcome, 'refuted')
    const named = lines.find(({ index }) => index === 5)
    match(named?.text ?? '', finds)
  }
  // A later version may say more, and say it in other letters.
  const more = leavesOf(10).with(5, houseLeaf(log, 5, { zone: 'é', pur: 'Abrechnung "ü"' }))
  equal((await verify(logFiles(more, key))).outcome, 'proven')
})

test('a log of any other kind is verified as well, without a look into its entries', async () => {
  const plain = makeKey('example.com/fancylog')
  const entries = Array.from({ length: 300 }, (_, i) => Buffer.from(`anything ${i}`))
  const report = await verify(logFiles(entries, plain), { keys: [parseVerifierKey(plain.vkey)] })
  equal(report.outcome, 'proven')
  ok(!report.lines.some(({ topic }) => topic === 'leaf'))
})

test('a checkpoint kept earlier must be the beginning of the same tree', async () => {
  const files = logFiles(leavesOf(600), key)
  const model = new MadeTree(leavesOf(600))
  const kept = (size: number, root = model.root(0, size)) => signedCheckpoint(key, size, root)
  const good = await verify(files, { ...given, earlier: [kept(1), kept(257), kept(600)] })
  equal(good.outcome, 'proven')
  equal(
    good.lines.filter(({ topic, mark }) => topic === 'consistency' && mark === 'proven').length,
    3,
  )
  const forked = await verify(files, { ...given, earlier: [kept(257, model.root(0, 256))] })
  match(said(forked, 'refuted').join(), /the log has been rewritten/)
  const longer = new MadeTree(leavesOf(700))
  equal(
    (await verify(files, { ...given, earlier: [kept(700, longer.root())] })).outcome,
    'incomplete',
  )
  const unsigned = signedCheckpoint(makeKey(key.name), 257, model.root(0, 257))
  equal((await verify(files, { ...given, earlier: [unsigned] })).outcome, 'refuted')
  const other = signedCheckpoint(makeKey('example.com/other'), 257, model.root(0, 257))
  equal((await verify(files, { ...given, earlier: [other] })).outcome, 'refuted')
})

test('erased payloads are told with the entry that erased them, and shown ones must be the committed', async () => {
  const statement = JSON.stringify({ erases: { entries: [entryId(3), entryId(4)] }, v: 1 })
  const pack = packOf({
    log,
    key,
    size: 300,
    statements: new Map([[290, statement]]),
    openings: (i) => i !== 3 && i !== 4,
  })
  const report = await verify(pack)
  equal(report.outcome, 'proven', said(report, 'refuted').join('\n'))
  match(said(report, 'proven').join('\n'), /2 payloads were erased by entry 290/)
  match(said(report, 'proven').join('\n'), /298 payloads opened/)
  const missing = packOf({
    log,
    key,
    size: 300,
    statements: new Map([[290, statement]]),
    openings: (i) => i > 5,
  })
  match(said(await verify(missing), 'refuted').join('\n'), /payload of entry 0 is not here/)
  const back = packOf({
    log,
    key,
    size: 300,
    statements: new Map([[290, statement]]),
    openings: () => true,
  })
  match(
    said(await verify(back), 'refuted').join('\n'),
    /entry 3 was erased by entry 290, and is here/,
  )
  const forged = new Map(pack).set(
    'statements',
    Buffer.from(
      `${JSON.stringify({ index: 290, statement: statement.replace(entryId(4), entryId(5)) })}\n`,
    ),
  )
  match(
    said(await verify(forged), 'refuted').join('\n'),
    /statement shown for entry 290 is not the one/,
  )
  const altered = new Map(pack)
  const line = JSON.stringify({ index: 7, payload: payloadOf(8).toString('base64') })
  altered.set(
    'openings/000.ndjson',
    Buffer.concat([pack.get('openings/000.ndjson')!, Buffer.from(`${line}\n`)]),
  )
  match(said(await verify(altered), 'refuted').join('\n'), /payload shown for entry 7/)
})

test('bundles below a stated minimum may be gone, and no others', async () => {
  const statement = JSON.stringify({ prunes: { minimum: 512 }, v: 1 })
  const pack = packOf({ log, key, size: 600, statements: new Map([[590, statement]]) })
  pack.delete('tile/entries/000')
  pack.delete('tile/0/000')
  pack.delete('tile/entries/001')
  const report = await verify(pack)
  equal(report.outcome, 'proven', said(report, 'refuted').join('\n'))
  match(said(report, 'told').join('\n'), /512 entries may be gone/)
  pack.delete('tile/entries/002.p/88')
  equal((await verify(pack)).outcome, 'refuted')
})

test('a receipt is kept when its leaf is there, and broken when the log went on without it', async () => {
  const files = logFiles(leavesOf(300), key)
  const kept = signReceipt(key, 7, houseLeaf(log, 7), Date.UTC(2026, 2, 1))
  const report = await verify(files, { ...given, receipts: [kept] })
  match(said(report, 'proven').join('\n'), /kept: its leaf is entry 7/)
  const broken = signReceipt(key, 7, Buffer.from('never written'), Date.UTC(2026, 2, 1))
  match(said(await verify(files, { ...given, receipts: [broken] }), 'refuted').join(), /broken/)
  const late = signReceipt(key, 7, Buffer.from('not yet'), Date.UTC(2026, 2, 2))
  equal((await verify(files, { ...given, receipts: [late] })).outcome, 'proven')
  const forged = { ...kept, entryId: entryId(8) }
  match(
    said(await verify(files, { ...given, receipts: [forged] }), 'refuted').join(),
    /not signed by the log/,
  )
})

test('the rung is what the reader’s own keys prove, and the pack’s word for more is only told', async () => {
  const root = makeKey(`${installation}/root`, 1, key.pair)
  const witness = makeKey('witness.example/w1', 4)
  const pack = packOf({ log, key, size: 300, anchor: { root, witnesses: [witness] } })
  const policyText = `log ${root.vkey}\nwitness w ${witness.vkey}\nquorum w\n`
  pack.set('root.policy', Buffer.from(policyText))
  const self = await verify(pack)
  deepEqual([self.outcome, self.rung?.reached], ['proven', 0])
  match(said(self, 'told').join('\n'), /under a key that the pack itself names/)
  const mine = await verify(pack, { policy: parsePolicy(policyText) })
  deepEqual(
    [mine.outcome, mine.rung],
    ['proven', { reached: 2, name: 'witnessed', words: 'tamper-evident' }],
  )
  const stranger = makeKey('witness.example/w1', 4)
  const theirs = parsePolicy(`log ${root.vkey}\nwitness w ${stranger.vkey}\nquorum w\n`)
  equal((await verify(pack, { policy: theirs })).rung?.reached, 0)
  const two = parsePolicy(
    `log ${root.vkey}\nwitness w ${witness.vkey}\nwitness x ${stranger.vkey}\ngroup g all w x\nquorum g\n`,
  )
  equal((await verify(pack, { policy: two })).rung?.reached, 0)
})

test('no bit of an anchor can change without the rung being lost', async () => {
  const root = makeKey(`${installation}/root`, 1, key.pair)
  const witness = makeKey('witness.example/w1', 4)
  const pack = packOf({ log, key, size: 3, anchor: { root, witnesses: [witness] } })
  const policy = parsePolicy(`log ${root.vkey}\nwitness w ${witness.vkey}\nquorum w\n`)
  equal((await verify(pack, { policy })).rung?.reached, 2)
  const anchors = new Map([...pack].filter(([path]) => path.startsWith('anchors/')))
  let tried = 0
  for (const [path, copy] of flippedCopies(anchors, (byte) => [byte % 8])) {
    const report = await verify(new Map([...pack, ...copy]), { policy })
    ok(report.outcome === 'refuted' || report.rung?.reached !== 2, `${path}, try ${tried}`)
    tried += 1
  }
  ok(tried > 800, `${tried} copies`)
})

test('a copy out of the house’s reach must be the beginning of the same log', async () => {
  const files = logFiles(leavesOf(300), key)
  const copy = (size: number) => filesSource('copy', logFiles(leavesOf(size), key))
  const report = await verify(files, { ...given, copy: copy(257) })
  deepEqual([report.outcome, report.rung?.name], ['proven', 'write-once copy'])
  const rewritten = logFiles(leavesOf(300).with(4, houseLeaf(log, 400)), key)
  equal((await verify(rewritten, { ...given, copy: copy(257) })).outcome, 'refuted')
})

test('a copy of tiles alone counts as far as it reaches, and never for another log', async () => {
  const files = logFiles(leavesOf(600), key)
  const tiles = (of: ReadonlyMap<string, Buffer>, only: readonly string[]) =>
    filesSource('copy', new Map([...of].filter(([path]) => only.includes(path))))
  const report = await verify(files, { ...given, copy: tiles(files, ['tile/0/000']) })
  deepEqual([report.outcome, report.rung?.reached], ['proven', 1])
  match(said(report, 'proven').join('\n'), /the first 256 entries, and they are these/)
  const other = logFiles(leavesOf(600).with(300, houseLeaf(log, 700)), key)
  const both = ['tile/0/000', 'tile/0/001']
  equal((await verify(files, { ...given, copy: tiles(other, both) })).outcome, 'refuted')
  equal((await verify(files, { ...given, copy: tiles(files, []) })).rung?.reached, 0)
})

test('whatever a pack holds beside the log, the verifier answers, and never with proven for what is not', async () => {
  const root = makeKey(`${installation}/root`, 1, key.pair)
  const pack = packOf({
    log,
    key,
    size: 3,
    statements: new Map([[2, JSON.stringify({ erases: { entries: [entryId(0)] }, v: 1 })]]),
    openings: (i) => i !== 0,
    anchor: { root, witnesses: [] },
  })
  pack.set('anchors/0.tsr', Buffer.from('3003020100', 'hex'))
  pack.set('root.policy', Buffer.from(`log ${root.vkey}\nquorum none\n`))
  pack.set('checkpoints.ndjson', Buffer.from('"x"\n'))
  const odd = fc.oneof(
    fc.json().map((text) => Buffer.from(text)),
    fc.array(fc.json(), { maxLength: 3 }).map((lines) => Buffer.from(lines.join('\n'))),
    fc
      .record({
        format: fc.constant('holdfast-pack/1'),
        keys: fc.jsonValue(),
        openings: fc.jsonValue(),
        copies: fc.jsonValue(),
        index: fc.oneof(fc.nat(5), fc.jsonValue()),
        statement: fc.oneof(fc.json(), fc.jsonValue()),
        payload: fc.jsonValue(),
        set: fc.jsonValue(),
      })
      .map((value) => Buffer.from(`${JSON.stringify(value)}\n`)),
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  )
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...pack.keys()), odd, async (path, bytes) => {
      const { outcome } = await verify(new Map(pack).set(path, bytes))
      return outcome === 'refuted' || !/^(?:checkpoint|tile\/)/.test(path)
    }),
    { numRuns: 400 },
  )
})

test('a log that goes on under another name after a loss continues what was signed under the old', async () => {
  const second = makeKey(`${installation}/2/${log}`, 1, key.pair)
  const files = logFiles(leavesOf(300), second)
  const model = new MadeTree(leavesOf(300))
  const kept = signedCheckpoint(key, 257, model.root(0, 257))
  const report = await verify(files, { ...given, earlier: [kept] })
  equal(report.outcome, 'proven', said(report, 'refuted').join('\n'))
  match(
    said(report, 'proven').join('\n'),
    /The checkpoint you kept, of 257 entries, is the beginning/,
  )
  const succeeds = { origin: key.name, kept: 250, lost: 50 }
  const statement = JSON.stringify({ succeeds, v: 1 })
  const declaring = packOf({ log, key: second, size: 300, statements: new Map([[250, statement]]) })
  const lost = signedCheckpoint(key, 299, new MadeTree(leavesOf(299)).root())
  const declared = await verify(declaring, { ...given, earlier: [lost] })
  equal(declared.outcome, 'incomplete', said(declared, 'refuted').join('\n'))
  match(said(declared, 'unchecked').join('\n'), /entry 250 declares that loss/)
  match(said(declared, 'told').join('\n'), /it kept 250 entries, and 50 entries were lost/)
  // Names never go back, and another installation's are its own.
  const back = logFiles(leavesOf(300), key)
  const later = signedCheckpoint(second, 257, model.root(0, 257))
  equal((await verify(back, { ...given, earlier: [later] })).outcome, 'refuted')
  const elsewhere = makeKey(`localhost:1/holdfast/x/${log}`, 1, key.pair)
  equal((await verify(logFiles(leavesOf(300), elsewhere))).outcome, 'refuted')
})
