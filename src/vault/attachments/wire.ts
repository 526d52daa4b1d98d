import { Type } from 'typebox'

const Uuid = Type.String({
  pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
  description: 'UUID, lower case',
})
const Instant = Type.String({ format: 'date-time' })
const Size = Type.Integer({ minimum: 0, description: 'bytes' })

export const ControllerParams = Type.Object({ controllerId: Uuid })
export const SubjectParams = Type.Object({ controllerId: Uuid, subjectId: Uuid })
export const AttachmentParams = Type.Object({ controllerId: Uuid, attachmentId: Uuid })
export const NewAttachment = Type.Object({
  category: Type.String({ minLength: 1, maxLength: 64 }),
  name: Type.String({ minLength: 1, maxLength: 255, description: 'of the file; kept sealed' }),
  mediaType: Type.String({ maxLength: 200, description: 'type/subtype; kept sealed' }),
})
export const Announced = Type.Object({ attachmentId: Uuid })
export const Kept = Type.Object({
  attachmentId: Uuid,
  subjectId: Uuid,
  sizeBytes: Size,
  sha256: Type.String({ description: 'of the content, hex' }),
  eraseAfter: Instant,
})
export const Attachments = Type.Object({
  items: Type.Array(
    Type.Object({
      attachmentId: Uuid,
      category: Type.String(),
      name: Type.String(),
      mediaType: Type.String(),
      sizeBytes: Size,
      sha256: Type.String({ description: 'hex; empty where masked' }),
      storedAt: Instant,
      eraseAfter: Instant,
      masked: Type.Boolean(),
    }),
  ),
})
export const Content = Type.Any({ description: 'the file’s bytes: application/octet-stream' })
export const Limit = Type.Object({
  largestMib: Type.Integer({ minimum: 1, maximum: 1_048_576, description: 'MiB' }),
})
export const Nothing = Type.Object({})
