import { Type } from 'typebox'
import {
  PasskeyAnswer,
  PasskeyOptions,
  Password,
  SecondSteps,
  Token,
  TotpSetup,
} from '../account-wire.ts'
import { Id, Instant, orNull, Text } from '../wire.ts'

const Lost = Type.Union([Type.Literal('password'), Type.Literal('everything')])

export const RecoveryParams = Type.Object({ recoveryId: Id })
export const NewRecovery = Type.Object({
  lost: Lost,
  proofing: Type.String({
    minLength: 1,
    maxLength: 1000,
    description: 'how you know that it is this person: met, called back on a known number',
  }),
})
export const RecoveryBegun = Type.Object({
  recoveryId: Id,
  needsApproval: Type.Boolean({
    description: 'somebody else has to approve before the link is made',
  }),
  lapsesAt: Instant,
  link: orNull(Type.String({ description: 'shown once' })),
  expiresAt: orNull(Instant),
})
export const RecoveryLink = Type.Object({
  link: Type.String({ description: 'shown once' }),
  expiresAt: Instant,
})
export const Recoveries = Type.Object({
  items: Type.Array(
    Type.Object({
      recoveryId: Id,
      personId: Id,
      personName: orNull(Type.String()),
      lost: Lost,
      proofing: Text(1000),
      needsApproval: Type.Boolean(),
      askedBy: Type.String(),
      askedAt: Instant,
      lapsesAt: Instant,
      approvedBy: orNull(Type.String()),
      approvedAt: orNull(Instant),
      expiresAt: orNull(Instant),
    }),
  ),
})

export const OpenRecovery = Type.Object({ token: Token })
export const RecoveryAsks = Type.Object({
  lost: Lost,
  expiresAt: Instant,
  processorName: Type.String(),
  password: Type.Object({ fewestCharacters: Type.Integer(), mostCharacters: Type.Integer() }),
  secondSteps: SecondSteps,
  totp: orNull(TotpSetup),
  passkey: PasskeyOptions,
})
export const CompleteRecovery = Type.Object({
  token: Token,
  password: Password,
  totpCode: Type.Optional(Type.String({ pattern: '^[0-9]{6}$' })),
  recoveryCode: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
  passkey: Type.Optional(PasskeyAnswer),
})
export const Recovered = Type.Object({
  recoveryCodes: Type.Array(Type.String(), {
    description: 'shown once; empty where those from before still count',
  }),
  assurance: Type.Literal(2),
  expiresAt: Instant,
})
