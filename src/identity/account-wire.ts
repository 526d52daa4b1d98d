import { Type } from 'typebox'
import { Id, Instant, orNull } from './wire.ts'

/** Longer than any password accepted, so that the refusal says what is wrong with it. */
export const Password = Type.String({ minLength: 1, maxLength: 1024 })
const Email = Type.String({ minLength: 3, maxLength: 254 })
export const Token = Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' })
export const SecondSteps = Type.Array(
  Type.Union([Type.Literal('totp'), Type.Literal('passkey'), Type.Literal('recovery-code')]),
)

/** What `navigator.credentials` answered, as `@simplewebauthn/browser` gives it. */
const PasskeyResponse = Type.Object(
  {
    id: Type.String({ minLength: 1, maxLength: 2048 }),
    rawId: Type.String({ minLength: 1, maxLength: 2048 }),
    type: Type.Literal('public-key'),
    response: Type.Object({}, { additionalProperties: true }),
  },
  { additionalProperties: true },
)
export const PasskeyAnswer = Type.Object({ challengeId: Id, response: PasskeyResponse })

/** Options for `navigator.credentials`, to be handed on as they are. */
export const PasskeyOptions = Type.Object({ challengeId: Id, options: Type.Unknown() })

export const SignIn = Type.Object({ email: Email, password: Password })
export const HalfSession = Type.Object({
  assurance: Type.Literal(1),
  secondSteps: SecondSteps,
  expiresAt: Instant,
})
export const WholeSession = Type.Object({ assurance: Type.Literal(2), expiresAt: Instant })
export const SecondFactor = Type.Object({
  totpCode: Type.Optional(Type.String({ pattern: '^[0-9]{6}$' })),
  recoveryCode: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
  passkey: Type.Optional(PasskeyAnswer),
})

export const Self = Type.Object({
  kind: Type.String(),
  id: Type.String(),
  name: Type.Optional(Type.String()),
  email: Type.Optional(Type.String()),
  assurance: Type.Integer(),
  session: Type.Optional(
    Type.Object({
      sessionId: Id,
      startedAt: Instant,
      expiresAt: Instant,
      idleMinutes: Type.Integer(),
    }),
  ),
  secondSteps: SecondSteps,
  recoveryCodesLeft: Type.Optional(Type.Integer()),
  grants: Type.Array(
    Type.Object({
      grantId: Type.String(),
      actions: Type.Array(Type.String()),
      controllers: orNull(Type.Array(Type.String())),
      categories: orNull(Type.Array(Type.String())),
      purposes: orNull(Type.Array(Type.String())),
    }),
  ),
})

export const SessionParams = Type.Object({ sessionId: Id })
export const OwnSessions = Type.Object({
  items: Type.Array(
    Type.Object({
      sessionId: Id,
      current: Type.Boolean(),
      assurance: Type.Integer(),
      address: Type.String(),
      agent: Type.Optional(Type.String()),
      startedAt: Instant,
      lastSeenAt: Instant,
      expiresAt: Instant,
    }),
  ),
})

export const FactorParams = Type.Object({ factorId: Id })
const Label = Type.String({ maxLength: 100, description: 'what you call it: a phone, a key' })
export const OwnFactors = Type.Object({
  items: Type.Array(
    Type.Object({
      factorId: Id,
      kind: Type.Union([Type.Literal('totp'), Type.Literal('passkey')]),
      label: Type.Optional(Type.String()),
      createdAt: Instant,
      lastUsedAt: orNull(Instant),
    }),
  ),
})
export const TotpSetup = Type.Object({ secret: Type.String(), uri: Type.String() })
export const NewTotp = Type.Object({
  code: Type.String({ pattern: '^[0-9]{6}$' }),
  label: Type.Optional(Label),
})
export const NewPasskey = Type.Object({ passkey: PasskeyAnswer, label: Type.Optional(Label) })
export const AddedFactor = Type.Object({ factorId: Id })
export const NewPassword = Type.Object({ current: Password, next: Password })
export const EndedSessions = Type.Object({
  sessionsEnded: Type.Integer({ description: 'other sessions of yours that ended' }),
})
export const RecoveryCodes = Type.Object({
  recoveryCodes: Type.Array(Type.String(), { description: 'shown once' }),
})

export const OpenEnrolment = Type.Object({ token: Token, email: Type.Optional(Email) })
export const EnrolmentAsks = Type.Object({
  kind: Type.String(),
  roleNames: Type.Array(Type.String()),
  expiresAt: Instant,
  processorName: Type.String(),
  password: Type.Object({ fewestCharacters: Type.Integer(), mostCharacters: Type.Integer() }),
  totp: Type.Object({ secret: Type.String(), uri: Type.String() }),
  passkey: PasskeyOptions,
})
export const CompleteEnrolment = Type.Object({
  token: Token,
  name: Type.String({ minLength: 1, maxLength: 200 }),
  email: Email,
  password: Password,
  totpCode: Type.Optional(Type.String({ pattern: '^[0-9]{6}$' })),
  passkey: Type.Optional(PasskeyAnswer),
})
export const Enrolled = Type.Object({
  personId: Id,
  recoveryCodes: Type.Array(Type.String(), { description: 'shown once' }),
  assurance: Type.Literal(2),
  expiresAt: Instant,
})
