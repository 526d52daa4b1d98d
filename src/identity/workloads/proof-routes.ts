import { flow, type Route, route } from '#kernel'
import { iso } from '../iso.ts'
import { CredentialParams, IssuedCredential, Nothing, WorkloadParams } from '../wire.ts'
import {
  bindWorkload,
  issueCertificate,
  type IssuedCertificate,
  listCertificates,
  listKeys,
  openAuthority,
  registerKey,
  renewCertificate,
  revokeCertificate,
  revokeWorkloadKey,
  rotateCredential,
} from './proof-acts.ts'
import * as wire from './proof-wire.ts'
import { exchangeToken } from './token-acts.ts'

const usualHours = 24

/** How workloads prove themselves better than by a secret: keys, certificates, and short tokens for them. */
export const proofRoutes: readonly Route[] = [
  flow({
    flow: true,
    method: 'POST',
    url: '/v1/token',
    action: 'identity.token.exchange',
    summary: "Exchanges a workload's assertion or certificate for a short token (OAuth 2.0).",
    assurance: 0,
    form: true,
    body: wire.TokenRequest,
    response: wire.TokenAnswer,
    async handle(cross, { body }, { settings }) {
      const audiences = [settings.publicUrl, `${settings.publicUrl}/v1/token`]
      const { token, seconds } = await cross((act) => exchangeToken(act, body, audiences))
      return { access_token: token, token_type: 'Bearer' as const, expires_in: seconds }
    },
  }),

  route({
    method: 'GET',
    url: '/v1/workloads/:workloadId/keys',
    action: 'identity.workload-key.list',
    summary: 'Lists the public keys of a workload.',
    effect: 'read',
    params: WorkloadParams,
    response: wire.Keys,
    async handle(act, { params }) {
      const keys = await listKeys(act, params.workloadId)
      return {
        items: keys.map(({ id, label, algorithm, thumbprint, ...times }) => ({
          keyId: id,
          label,
          algorithm,
          thumbprint,
          createdAt: times.createdAt.toISOString(),
          expiresAt: times.expiresAt.toISOString(),
          revokedAt: iso(times.revokedAt),
          lastUsedAt: iso(times.lastUsedAt),
        })),
      }
    },
  }),

  route({
    method: 'POST',
    url: '/v1/workloads/:workloadId/keys',
    action: 'identity.workload-key.register',
    summary: 'Registers a public key: with its private half the workload signs assertions.',
    effect: 'write',
    params: WorkloadParams,
    body: wire.NewKey,
    response: wire.KeyRef,
    handle: (act, { params, body: { expiresAt, ...rest } }) =>
      registerKey(act, params.workloadId, { ...rest, expiresAt: new Date(expiresAt) }),
  }),

  route({
    method: 'DELETE',
    url: '/v1/workload-keys/:keyId',
    action: 'identity.workload-key.revoke',
    summary: 'Revokes a public key, with every token it got.',
    effect: 'write',
    params: wire.KeyParams,
    response: Nothing,
    async handle(act, { params }) {
      await revokeWorkloadKey(act, params.keyId)
      return {}
    },
  }),

  route({
    method: 'GET',
    url: '/v1/client-authority',
    action: 'identity.authority.read',
    summary: 'Shows the authority that signs certificates of workloads.',
    effect: 'write',
    response: wire.Authority,
    async handle(act) {
      return { certificates: await openAuthority(act) }
    },
  }),

  route({
    method: 'GET',
    url: '/v1/workloads/:workloadId/certificates',
    action: 'identity.certificate.list',
    summary: 'Lists the certificates of a workload.',
    effect: 'read',
    params: WorkloadParams,
    response: wire.Certificates,
    async handle(act, { params }) {
      const rows = await listCertificates(act, params.workloadId)
      return {
        items: rows.map(({ id, fingerprint, issuedAt, expiresAt, revokedAt, lastUsedAt }) => ({
          certificateId: id,
          fingerprint: fingerprint.toString('base64url'),
          issuedAt: issuedAt.toISOString(),
          expiresAt: expiresAt.toISOString(),
          revokedAt: iso(revokedAt),
          lastUsedAt: iso(lastUsedAt),
        })),
      }
    },
  }),

  route({
    method: 'POST',
    url: '/v1/workloads/:workloadId/certificates',
    action: 'identity.certificate.issue',
    summary: 'Issues a short certificate on a request of the workload (PKCS#10).',
    effect: 'write',
    params: WorkloadParams,
    body: wire.NewCertificate,
    response: wire.IssuedCertificate,
    handle: async (act, { params, body: { csr, hours = usualHours } }) =>
      issuedShown(await issueCertificate(act, params.workloadId, { csr, hours })),
  }),

  route({
    method: 'DELETE',
    url: '/v1/certificates/:certificateId',
    action: 'identity.certificate.revoke',
    summary: 'Revokes a certificate: its next request is refused, and tokens bound to it are.',
    effect: 'write',
    params: wire.CertificateParams,
    response: Nothing,
    async handle(act, { params }) {
      await revokeCertificate(act, params.certificateId)
      return {}
    },
  }),

  route({
    method: 'POST',
    url: '/v1/self/certificate',
    action: 'identity.self.renew-certificate',
    summary: 'Gets the next certificate, for a workload that came by the one it has.',
    assurance: 1,
    effect: 'write',
    body: wire.Renewal,
    response: wire.IssuedCertificate,
    handle: async (act, { body }) => issuedShown(await renewCertificate(act, body.csr)),
  }),

  route({
    method: 'PUT',
    url: '/v1/workloads/:workloadId/bounds',
    action: 'identity.workload.bind',
    summary: 'Binds a workload to networks and purposes.',
    effect: 'write',
    params: WorkloadParams,
    body: wire.Bounds,
    response: Nothing,
    async handle(act, { params, body }) {
      await bindWorkload(act, params.workloadId, body)
      return {}
    },
  }),

  route({
    method: 'POST',
    url: '/v1/credentials/:credentialId/rotate',
    action: 'identity.credential.rotate',
    summary: 'Issues a new token in the place of one, which goes on for a while.',
    effect: 'write',
    params: CredentialParams,
    body: wire.Rotation,
    response: IssuedCredential,
    handle: (act, { params, body: { expiresAt, overlapMinutes } }) =>
      rotateCredential(act, params.credentialId, {
        overlapMinutes,
        expiresAt: new Date(expiresAt),
      }),
  }),
]

const issuedShown = ({ expiresAt, ...issued }: IssuedCertificate) => ({
  ...issued,
  expiresAt: expiresAt.toISOString(),
})
