import {
  type AuthenticationResponseJSON,
  type AuthenticatorTransport,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server'

/** A registered passkey, as it is kept. */
export interface Passkey {
  readonly passkeyId: string
  readonly publicKey: Buffer
  readonly counter: number
  readonly transports: readonly string[] | null
}

/** Who asks: the operator's name and how browsers reach this house. */
export interface RelyingParty {
  readonly name: string
  readonly publicUrl: string
}

const rpIdOf = ({ publicUrl }: RelyingParty) => new URL(publicUrl).hostname
const originOf = ({ publicUrl }: RelyingParty) => new URL(publicUrl).origin

/** Options for `navigator.credentials.create`. The library offers ML-DSA-44 first where the runtime has it. */
export function registrationOptions(party: RelyingParty, userName: string) {
  return generateRegistrationOptions({
    rpName: party.name,
    rpID: rpIdOf(party),
    userName,
    attestationType: 'none',
    authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
  })
}

/** Options for `navigator.credentials.get`; without passkeys named, any the browser knows for us. */
export function assertionOptions(party: RelyingParty, allowed: readonly Passkey[]) {
  return generateAuthenticationOptions({
    rpID: rpIdOf(party),
    userVerification: 'required',
    allowCredentials: allowed.map(({ passkeyId, transports }) => ({
      id: passkeyId,
      transports: [...(transports ?? [])] as AuthenticatorTransport[],
    })),
  })
}

/** The new passkey, or undefined when the answer does not fit the challenge, the place or the rules. */
export async function registeredPasskey(
  party: RelyingParty,
  challenge: string,
  response: unknown,
): Promise<Passkey | undefined> {
  const answer = await proven(() =>
    verifyRegistrationResponse({
      response: response as RegistrationResponseJSON,
      expectedChallenge: challenge,
      expectedOrigin: originOf(party),
      expectedRPID: rpIdOf(party),
      requireUserVerification: true,
    }),
  )
  if (answer === undefined || !answer.verified) return undefined
  const { id, publicKey, counter, transports } = answer.registrationInfo.credential
  return {
    passkeyId: id,
    publicKey: Buffer.from(publicKey),
    counter,
    transports: transports ?? null,
  }
}

/** The passkey's new counter, or undefined when the answer proves nothing. */
export async function assertedCounter(
  party: RelyingParty,
  { challenge, passkey }: { readonly challenge: string; readonly passkey: Passkey },
  response: unknown,
): Promise<number | undefined> {
  const answer = await proven(() =>
    verifyAuthenticationResponse({
      response: response as AuthenticationResponseJSON,
      expectedChallenge: challenge,
      expectedOrigin: originOf(party),
      expectedRPID: rpIdOf(party),
      requireUserVerification: true,
      credential: {
        id: passkey.passkeyId,
        publicKey: Uint8Array.from(passkey.publicKey),
        counter: passkey.counter,
      },
    }),
  )
  return answer?.verified === true ? answer.authenticationInfo.newCounter : undefined
}

/** The library throws on everything that does not fit; to us each is the same plain no. */
async function proven<T>(verify: () => Promise<T>): Promise<T | undefined> {
  try {
    return await verify()
  } catch {
    return undefined
  }
}
