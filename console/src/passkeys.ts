import {
  browserSupportsWebAuthn,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  startAuthentication,
  startRegistration,
} from '@simplewebauthn/browser'
import { Refused } from './api.ts'

export const passkeysWork = (): boolean => browserSupportsWebAuthn()

/** Options as the house sends them: the browser checks their shape. */
export interface Challenge {
  readonly challengeId: string
  readonly options: unknown
}

/** Makes a passkey on this device or key. @throws {Refused} `console.passkey`. */
export async function makePasskey({ challengeId, options }: Challenge) {
  const optionsJSON = options as PublicKeyCredentialCreationOptionsJSON
  return asked(async () => ({ challengeId, response: await startRegistration({ optionsJSON }) }))
}

/** Answers a challenge with a passkey the person has. @throws {Refused} `console.passkey`. */
export async function showPasskey({ challengeId, options }: Challenge) {
  const optionsJSON = options as PublicKeyCredentialRequestOptionsJSON
  return asked(async () => ({ challengeId, response: await startAuthentication({ optionsJSON }) }))
}

async function asked<T>(deed: () => Promise<T>): Promise<T> {
  try {
    return await deed()
  } catch (error) {
    const name = error instanceof Error ? error.name : ''
    throw new Refused(0, 'console.passkey', sentences[name] ?? 'The passkey was not given.')
  }
}

/** What the browser means by the names of its errors (WebAuthn §5.1). */
const sentences: Readonly<Record<string, string>> = {
  NotAllowedError: 'The browser was told no, or nobody answered it in time. Try again.',
  InvalidStateError: 'This device has a passkey for this account already.',
  SecurityError: 'Passkeys work only under the address this house calls its own.',
  AbortError: 'The question was withdrawn. Try again.',
}
