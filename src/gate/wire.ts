import { Type } from 'typebox'

const Time = Type.String({ format: 'date-time' })

export const Certificate = Type.Object({
  names: Type.String({ description: 'subjectAltName, as RFC 5280 prints it' }),
  issuer: Type.String(),
  notAfter: Time,
  fingerprint: Type.String({ description: 'SHA-256 of the certificate, hex with colons' }),
  own: Type.Boolean({ description: 'made by our own local authority' }),
})

export const Negotiated = Type.Object({
  protocol: Type.String(),
  suite: Type.String(),
  group: Type.String({ description: 'key exchange' }),
  showsCertificate: Type.Boolean({ description: 'the listener shows the certificate above' }),
})

export const GateState = Type.Object({
  certificate: Certificate,
  listener: Type.Union([Negotiated, Type.Null()]),
  limits: Type.Array(
    Type.Object({
      name: Type.String(),
      of: Type.String(),
      by: Type.Union([Type.Literal('address'), Type.Literal('actor')]),
      perSecond: Type.Number(),
      burst: Type.Integer(),
    }),
  ),
  shedding: Type.Object({
    anonymousFromMs: Type.Integer({ description: 'delay of the event loop, p99 of one second' }),
    workloadFromMs: Type.Integer(),
  }),
  slowBody: Type.Object({ bytes: Type.Integer(), seconds: Type.Integer() }),
  refusedLastDay: Type.Array(Type.Object({ code: Type.String(), count: Type.Integer() })),
  upstream: Type.Object({
    origin: Type.Union([Type.String(), Type.Null()]),
    state: Type.Union([
      Type.Literal('none'),
      Type.Literal('listening'),
      Type.Literal('unreachable'),
    ]),
  }),
})

export const Jwks = Type.Object({
  keys: Type.Array(
    Type.Object({
      kty: Type.Literal('OKP'),
      crv: Type.Literal('Ed25519'),
      x: Type.String(),
      kid: Type.String(),
      use: Type.Literal('sig'),
      alg: Type.Literal('EdDSA'),
    }),
  ),
})
