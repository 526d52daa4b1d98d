import { Refusal } from '#kernel'

/** The ring was destroyed: what was sealed under it opens no more. Nothing mends it; that is the point. */
export const ringDestroyed = () =>
  new Refusal('keys.ring-destroyed', 410, 'The keys of this controller were destroyed.')

/** No such ring. Make it first, or check the controller's id. */
export const unknownRing = () =>
  new Refusal('keys.unknown-ring', 404, 'There are no keys of this name.')

/** This version of a key was destroyed after its rotation. Restore a younger backup. */
export const keyDestroyed = (version: number) =>
  new Refusal('keys.key-destroyed', 410, `Version ${version} of this key was destroyed.`, {
    version,
  })

/** The keyring is older than the data: a newer copy of it must be put in place. */
export const unknownKeyVersion = (version: number) =>
  new Refusal(
    'keys.unknown-key-version',
    503,
    `The keyring does not hold version ${version} yet.`,
    {
      version,
    },
  )

/** What is stored was altered, moved, or sealed under another key. Restore it from a backup and look who wrote it. */
export const notAuthentic = () =>
  new Refusal(
    'keys.not-authentic',
    409,
    'What is stored here does not open: it was altered or moved.',
  )

/** The subject's key is not the one that was committed to at its birth. */
export const commitmentBroken = () =>
  new Refusal('keys.commitment-broken', 409, 'This is not the key that was made for this subject.')

/** The subject has a key already; read it instead of making another. */
export const subjectHasKey = () =>
  new Refusal('keys.subject-has-key', 409, 'A key was made for this subject before.')

/** The subject was erased, or never had a key. */
export const noSubjectKey = () =>
  new Refusal('keys.no-subject-key', 404, 'There is no key for this subject.')

/** Set `passphraseFile` to the file that holds it, or recover the root key with three shares. */
export const passphraseMissing = (file: string) =>
  new Refusal('keys.passphrase-missing', 503, `The passphrase of the root key is not in ${file}.`)

/** The passphrase is not the one the root key was sealed under. */
export const passphraseWrong = () =>
  new Refusal('keys.passphrase-wrong', 503, 'The passphrase does not open the root key.')

/** Some of the shares are mistyped, older than the newest set, or of another installation. */
export const sharesWrong = () =>
  new Refusal('keys.shares-wrong', 422, 'These recovery shares do not open the root key.')

/** Bring more shares of the same set. */
export const sharesTooFew = (needed: number) =>
  new Refusal('keys.shares-too-few', 422, `${needed} different recovery shares are needed.`)

/** The passphrase that was typed is too short to protect a file that can be copied. */
export const passphraseWeak = () =>
  new Refusal('keys.passphrase-weak', 422, 'A passphrase needs at least 16 characters.')

/** The keyring file was changed by something else than the keyring. Put back one of its copies. */
export const keyringAltered = () =>
  new Refusal('keys.keyring-altered', 503, 'The keyring was altered outside of Holdfast.')

/** Data exists that was sealed under another keyring, or a younger state of it. Put that back before starting. */
export const keyringLost = () =>
  new Refusal(
    'keys.keyring-lost',
    503,
    'This is not the keyring that the data was sealed under: put the newest root and keyring files back into the keys directory, from keys/copy, the offsite place or the newest bundle in backups/keyring, and start again.',
  )

/** Restore with the keyring bundle of a newer backup: it carries the same keys under living ones. */
export const wrappedUnderDestroyed = (count: number) =>
  new Refusal(
    'keys.wrapped-under-destroyed',
    409,
    `${count} subject keys are wrapped under keys that are destroyed by now.`,
    { count },
  )

/** Wait until the rotation under way is done; `GET /v1/keys/rotations` shows how far it is. */
export const rotationRunning = () =>
  new Refusal('keys.rotation-running', 409, 'A rotation of these keys is under way already.')

/** No such rotation of this ring. */
export const noRotation = () =>
  new Refusal('keys.no-rotation', 404, 'There is no rotation of this name.')

/** The subject was never erased, or never had a key here. */
export const neverErased = () =>
  new Refusal('keys.never-erased', 404, 'Nothing of this subject was erased.')

/** End the controller first; its subjects have certificates of their own. */
export const ringLives = () =>
  new Refusal('keys.ring-lives', 409, 'The keys of this controller are alive.')

/** Repeat the sentence asked for, exactly. */
export const notConfirmed = (sentence: string) =>
  new Refusal('keys.not-confirmed', 422, `Confirm with: ${sentence}`)

/** The provider keeps the root key itself; it has no recovery shares to give. */
export const noRecovery = () =>
  new Refusal('keys.no-recovery', 409, 'This provider has no recovery shares.')

/** The keys are sealed: who keeps the root has not opened it since the start. It is asked again until it does. */
export const keysSealed = (why: string) =>
  new Refusal('keys.sealed', 503, `The keys are sealed: ${why} Holdfast opens by itself then.`)

/** Who keeps the root does not answer. Look at it and at the network between; we ask again. */
export const keeperUnreachable = (how: string) =>
  new Refusal(
    'keys.keeper-unreachable',
    503,
    `The keeper of the root key does not answer (${how}).`,
  )

/** Who keeps the root does not take our credential: renew the token, PIN or key the keeper file names. */
export const keeperDenied = () =>
  new Refusal('keys.keeper-denied', 503, 'The keeper of the root key refuses our credential.')

/** The keeper's own key cannot be used. Enable or restore it; a destroyed one is replaced by recovery shares. */
export const keeperKeyUnusable = (how: string) =>
  new Refusal('keys.keeper-key-unusable', 503, `The keeper's key cannot be used: ${how}.`)

/** The keeper lacks what is needed; take another, or another key of it. */
export const keeperUnfit = (how: string) =>
  new Refusal('keys.keeper-unfit', 503, `The keeper of the root key cannot be used: ${how}.`)

/** Correct the file that `keeperFile` names. */
export const keeperFileWrong = (how: string) =>
  new Refusal('keys.keeper-file-wrong', 503, `The keeper file cannot be used: ${how}.`)

/** The root is wrapped by another keeper than the settings name. Set the old one, or move with `keys migrate-root`. */
export const otherKeeper = (kind: string, set: string) =>
  new Refusal(
    'keys.other-keeper',
    503,
    `The root key is kept by ${kind}, but the settings name ${set}; move it with holdfast keys migrate-root.`,
  )
