/**
 * Verifies transparency logs of the C2SP formats, and Holdfast's packs, in Node and in browsers, with
 * nothing but this.
 */
export { fromBase64, fromHex, toBase64, toHex, utf8 } from './bytes.ts'
export { type Checkpoint, formatCheckpoint, parseCheckpoint } from './checkpoint.ts'
export { holdfastLogOf, type Leaf, parseLeaf } from './leaf.ts'
export { emptyRoot, Frontier, leafHash, nodeHash, rootOf } from './merkle.ts'
export {
  consistencyRanges,
  inclusionRanges,
  verifyConsistency,
  verifyInclusion,
} from './merkle-proof.ts'
export {
  formatVerifierKey,
  type Note,
  parseNote,
  parseVerifierKey,
  type VerifierKey,
} from './note.ts'
export { packFormat } from './pack.ts'
export { parsePolicy, type Policy } from './policy.ts'
export { followProof, parseProof, type Proof } from './proof.ts'
export { checkReceipt, parseReceipt, type Receipt } from './receipt.ts'
export type { Line, Mark, Outcome, Report, Rung, Topic } from './report.ts'
export { portableSha256, sha256 } from './sha256.ts'
export { checkNote, checkSignature, type Verdict } from './signatures.ts'
export {
  blobAccess,
  fetchGet,
  filesSource,
  folderSource,
  type Source,
  tlsGet,
  urlSource,
  zipFileSource,
  zipSource,
} from './source.ts'
export {
  edgeOf,
  entryBounds,
  formatTilePath,
  parseTilePath,
  tilePathsOf,
  tileWidth,
} from './tiles.ts'
export { certificatesIn, checkStamp, type Stamp } from './timestamp.ts'
export { verifyLog, type VerifyOptions } from './verify.ts'
export { walkTree, type Walked } from './walk.ts'
export { crc32, type RandomAccess, ZipFile } from './zip.ts'
