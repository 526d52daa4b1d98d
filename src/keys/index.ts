/**
 * Keys: who holds the root key, one ring of keys per controller, one key per data subject.
 *
 * Life of a key: see README.md.
 *
 * @module
 */
export { type KeyringOptions, openKeyring, recoverKeyring } from './adapters/keyring-file.ts'
export { type KeyFacts, Keyring, type RingFacts } from './keyring.ts'
