/**
 * Inclusion and consistency proofs of RFC 6962 §2.1.1 and §2.1.2. One implementation serves the house
 * and those who check it: `verifier/` (see docs/decisions/0010-one-core-verifies.md).
 *
 * @module
 */
export {
  consistencyRanges,
  inclusionRanges,
  type Range,
  rootByPath,
  verifyConsistency,
  verifyInclusion,
} from '../../../verifier/src/merkle-proof.ts'
