import { Type } from 'typebox'
import { Id, Instant, orNull, Text } from '../wire.ts'

export const NewKey = Type.Object({
  label: Text(100),
  /** RFC 7517, the public half. */
  jwk: Type.Record(Type.String({ maxLength: 20 }), Type.Unknown()),
  expiresAt: Instant,
})
export const KeyRef = Type.Object({
  keyId: Id,
  thumbprint: Type.String({ description: 'RFC 7638' }),
})
export const KeyParams = Type.Object({ keyId: Id })
export const Keys = Type.Object({
  items: Type.Array(
    Type.Object({
      keyId: Id,
      label: Type.String(),
      algorithm: Type.String(),
      thumbprint: Type.String(),
      createdAt: Instant,
      expiresAt: Instant,
      revokedAt: orNull(Instant),
      lastUsedAt: orNull(Instant),
    }),
  ),
})

const Csr = Type.String({
  minLength: 1,
  maxLength: 16_384,
  description: 'PKCS#10 in PEM; only its public key counts',
})
/** A certificate is short: stolen, it is soon worth nothing. */
const longestCertificateHours = 7 * 24

export const NewCertificate = Type.Object({
  csr: Csr,
  hours: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: longestCertificateHours,
      description: 'life; 24 unless said',
    }),
  ),
})
export const Renewal = Type.Object({ csr: Csr })
export const IssuedCertificate = Type.Object({
  certificateId: Id,
  certificate: Type.String({ description: 'PEM' }),
  authority: Type.String({ description: 'PEM of who signed it' }),
  expiresAt: Instant,
})
export const CertificateParams = Type.Object({ certificateId: Id })
export const Certificates = Type.Object({
  items: Type.Array(
    Type.Object({
      certificateId: Id,
      /** SHA-256 of the DER form, base64url: RFC 8705 `x5t#S256`. */
      fingerprint: Type.String(),
      issuedAt: Instant,
      expiresAt: Instant,
      revokedAt: orNull(Instant),
      lastUsedAt: orNull(Instant),
    }),
  ),
})
export const Authority = Type.Object({
  certificates: Type.Array(Type.String({ description: 'PEM' })),
})

export const Bounds = Type.Object({
  networks: orNull(
    Type.Array(Type.String({ minLength: 3, maxLength: 60, description: 'CIDR' }), {
      minItems: 1,
      maxItems: 100,
    }),
  ),
  purposes: orNull(Type.Array(Text(100), { minItems: 1, maxItems: 100 })),
})

export const Rotation = Type.Object({
  expiresAt: Instant,
  /** The old one goes on for so long. */
  overlapMinutes: Type.Integer({ minimum: 1, maximum: 10_080 }),
})

/** RFC 6749 §4.4.2; what is not known is ignored (§3.2). */
export const TokenRequest = Type.Record(
  Type.String(),
  Type.Union([Type.String(), Type.Array(Type.String())]),
)
/** RFC 6749 §5.1. */
export const TokenAnswer = Type.Object({
  access_token: Type.String(),
  token_type: Type.Literal('Bearer'),
  expires_in: Type.Integer({ description: 'seconds' }),
})
