import { Type } from 'typebox'
import { route } from '#kernel'
import { certifyController, certifySubject } from './certificate-acts.ts'
import { CertificateShape } from './wire.ts'

const ControllerParams = Type.Object({ controllerId: Type.String({ format: 'uuid' }) })
const SubjectParams = Type.Object({
  controllerId: Type.String({ format: 'uuid' }),
  subjectId: Type.String({ format: 'uuid' }),
})

export const certificateRoutes = [
  route({
    method: 'GET',
    url: '/v1/keys/certificates/:controllerId',
    action: 'keys.controller-certificate.read',
    summary: 'The signed certificate that a controller was ended with all its keys.',
    params: ControllerParams,
    response: CertificateShape,
    effect: 'read',
    async handle(act, { params }) {
      return toWire(await certifyController(act, params.controllerId))
    },
  }),
  route({
    method: 'GET',
    url: '/v1/keys/certificates/:controllerId/:subjectId',
    action: 'keys.subject-certificate.read',
    summary:
      "The signed certificate of a subject's erasure: unreadable in the live system, then gone from every backup.",
    params: SubjectParams,
    response: CertificateShape,
    effect: 'read',
    scope: ({ controllerId }) => ({ controllerId }),
    async handle(act, { params }) {
      return toWire(await certifySubject(act, params.subjectId))
    },
  }),
]

function toWire({
  certified,
  certificate,
  proofs,
  pending,
}: Awaited<ReturnType<typeof certifySubject>>) {
  const { wrappingKeys, ...facts } = certified
  return {
    certified: { ...facts, wrappingKeys: wrappingKeys.map((key) => ({ ...key })) },
    certificate,
    proofs: proofs.map((proof) => ({ ...proof })),
    pending,
  }
}
