import { deepEqual, equal, match, throws } from 'node:assert/strict'
import { test } from 'node:test'
import { makeKey, signatureLine } from '../made-log.ts'
import { toHex } from './bytes.ts'
import { parseCheckpoint } from './checkpoint.ts'
import { verifyConsistency, verifyInclusion } from './merkle-proof.ts'
import { formatVerifierKey, parseNote, parseVerifierKey } from './note.ts'
import { parsePolicy } from './policy.ts'
import { followProof, parseProof } from './proof.ts'
import { checkNote, notChecked } from './signatures.ts'

/** The examples that stand in the specifications themselves. */
const examples = {
  quasimodo: `Ognuno sta solo sul cuor della terra
trafitto da un raggio di sole:

ed è subito sera.

— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=
`,
  sofa: `example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
`,
  neumann: `If you think cryptography is the answer to your problem,
then you don't know what your problem is.

— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
`,
  neumannKey: 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
}

test('the notes of the specifications are read: a text may hold empty lines, a checkpoint cosignatures', () => {
  const { text, signatures } = parseNote(examples.quasimodo)
  equal(text, examples.quasimodo.slice(0, examples.quasimodo.lastIndexOf('\n\n') + 1))
  deepEqual(
    signatures.map(({ name, id }) => [name, toHex(id)]),
    [['quasimodo.example/salvatore', '367ba04b']],
  )
  const sofa = parseNote(examples.sofa)
  const { origin, size, extensions } = parseCheckpoint(sofa.text)
  deepEqual([origin, size, extensions], ['example.com/behind-the-sofa', 20852163, []])
  deepEqual(
    sofa.signatures.map(({ signature }) => signature.length),
    [64, 72],
  )
})

test('the signed example verifies under its key, also where the runtime is a browser’s', async () => {
  const key = parseVerifierKey(examples.neumannKey)
  deepEqual(
    (await checkNote(parseNote(examples.neumann), [key])).map(({ verdict }) => verdict),
    ['good'],
  )
  const changed = examples.neumann.replace('answer', 'Answer')
  deepEqual(
    (await checkNote(parseNote(changed), [key])).map(({ verdict }) => verdict),
    ['bad'],
  )
  equal(formatVerifierKey(key.name, key.type, key.publicKey), examples.neumannKey)
})

test('a timestamped cosignature counts with its time, and not as a plain signature', async () => {
  const witness = makeKey('witness.example/w', 4)
  const { text } = parseNote(examples.sofa)
  const note = parseNote(`${text}\n${signatureLine(witness, text, 1_679_315_147)}`)
  const [voucher] = await checkNote(note, [parseVerifierKey(witness.vkey)])
  deepEqual([voucher?.verdict, voucher?.time], ['good', 1_679_315_147])
  const later = parseNote(
    `${text.replace('20852163', '20852164')}\n${signatureLine(witness, text)}`,
  )
  deepEqual(
    (await checkNote(later, [parseVerifierKey(witness.vkey)])).map(({ verdict }) => verdict),
    ['bad'],
  )
  const plain = makeKey('witness.example/w', 1, witness.pair)
  deepEqual(await checkNote(note, [parseVerifierKey(plain.vkey)]), [])
})

test('a signature of a type that is not known here is unchecked, never good', async () => {
  const { text } = parseNote(examples.sofa)
  const key = makeKey('log.example/l', 1)
  const odd = parseVerifierKey(
    formatVerifierKey(key.name, 0x02, parseVerifierKey(key.vkey).publicKey),
  )
  const line = `— ${key.name} ${Buffer.concat([odd.id, Buffer.alloc(64)]).toString('base64')}\n`
  deepEqual(
    (await checkNote(parseNote(`${text}\n${line}`), [odd])).map(({ verdict }) => verdict),
    ['unchecked'],
  )
})

test('what a runtime cannot check it names a better one for, where there is one', () => {
  match(notChecked(0x06), /in this runtime; Node 24\.6 or later can$/)
  match(notChecked(0x02), /in this runtime$/)
})

test('a checkpoint is read one way only, and may carry extension lines that are not empty', () => {
  const { text } = parseNote(examples.sofa)
  deepEqual(parseCheckpoint(`${text}more\n`).extensions, ['more'])
  for (const wrong of [
    text.slice(0, -1),
    `${text}\n`,
    text.replace('\n2', '\n02'),
    text.replace('=', ''),
    text.replace('2I=', '2J='),
  ])
    throws(() => parseCheckpoint(wrong), RangeError, wrong)
  for (const wrong of [
    '\n',
    `${text}\n`,
    `${text}\n— a\n`,
    examples.sofa.replace('— ', '- '),
    `${examples.sofa}\u0001\n`,
  ])
    throws(() => parseNote(wrong), RangeError, wrong)
})

test('the two traps: a hash that is no hash long, and trees of size zero, prove nothing', () => {
  const [a, b] = [new Uint8Array(32), new Uint8Array(32).fill(1)]
  equal(verifyInclusion(0, 1, a, [], a), true)
  equal(verifyInclusion(0, 1, a.subarray(1), [], a.subarray(1)), false)
  equal(verifyInclusion(0, 0, a, [], a), false)
  equal(verifyConsistency(0, 1, [], a, b), false)
  equal(verifyConsistency(0, 0, [], a, a), false)
  equal(verifyConsistency(1, 1, [], a, a), true)
})

test('a proof as the specification shows it is read, its extra data read over', () => {
  const proof = `c2sp.org/tlog-proof@v1
extra aGVsbG8=
index 73894
gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=
B95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=

${examples.sofa}`
  const { index, path, checkpoint } = parseProof(proof)
  deepEqual([index, path.length, checkpoint], [73894, 2, examples.sofa])
  throws(() => followProof(proof, new Uint8Array(32)), /does not lead/)
  for (const wrong of [
    proof.replace('index 7', 'index 07'),
    proof.replace('@v1', '@v2'),
    proof.replace('extra aGVsbG8=', 'extra ?'),
  ])
    throws(() => parseProof(wrong), RangeError)
})

test('a policy counts as it says: groups of groups, any, all, so many', () => {
  const names = ['X1', 'X2', 'X3', 'Y1', 'Y2', 'Y3']
  const keys = names.map((name) => `witness ${name} ${makeKey(`${name}.example`, 4).vkey}`)
  const policy = parsePolicy(`# two levels, as in the specification
log ${makeKey('log.example/l').vkey} https://log.example/
${keys.join('\n')}
group X-witnesses 2 X1 X2 X3
group \t Y-witnesses any Y1 Y2 Y3

group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
`)
  const enough = (...witnessed: readonly string[]) => policy.isQuorum(new Set(witnessed))
  deepEqual(
    [
      enough('X1', 'X2', 'Y3'),
      enough('X1', 'X3', 'Y1', 'Y2'),
      enough('X1', 'Y1'),
      enough('X1', 'X2', 'X3'),
      enough(),
    ],
    [true, true, false, false, false],
  )
  equal(policy.witnesses.size, 6)
  equal(parsePolicy('quorum none\n').isQuorum(new Set()), true)
  for (const wrong of [
    '',
    'quorum X1',
    'quorum none\nquorum none',
    `${keys[0]}\n${keys[0]}\nquorum none`,
    `${keys[0]}\ngroup g 2 X1\nquorum g`,
    `${keys[0]}\ngroup g any X1 X1\nquorum g`,
    `group g any X1\n${keys[0]}\nquorum g`,
    'log nonsense\nquorum none',
    'witness none x\nquorum none',
  ])
    throws(() => parsePolicy(wrong), RangeError, wrong)
})
