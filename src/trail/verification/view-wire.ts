import { Type } from 'typebox'
import { Count, Instant, Uuid } from '../wire.ts'

export const ControllerParams = Type.Object({ controllerId: Uuid })

export const PackQuery = Type.Object({
  openings: Type.Optional(
    Type.Boolean({ description: 'with payloads, which name people; whoever may read entries may' }),
  ),
})

export const LogView = Type.Object({
  log: Type.String(),
  /** Where any C2SP tlog client walks it: `<prefix>checkpoint`, `<prefix>tile/…`. */
  prefix: Type.String(),
  size: Count,
  signedSize: Count,
  origin: Type.Optional(Type.String()),
  signedAt: Type.Optional(Instant),
  verifierKey: Type.Optional(Type.String()),
  rootVerifierKey: Type.Optional(Type.String()),
  rootCosignerKey: Type.Optional(Type.String()),
})

export const LeafQuery = Type.Object({
  before: Type.Optional(Type.Integer({ minimum: 0, description: 'only entries below this index' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
})

export const LeafList = Type.Object({
  /** Entries the log has a place for. */
  size: Count,
  items: Type.Array(
    Type.Object({
      index: Count,
      /** The leaf as the tree binds it; who acted stands in it under a pseudonym of this log. */
      leaf: Type.Object(
        {
          act: Type.String(),
          id: Uuid,
          out: Type.String(),
          t: Instant,
          n: Type.Object({ records: Count, subjects: Count }),
        },
        { additionalProperties: true },
      ),
    }),
  ),
  next: Type.Optional(Count),
})

export const ZipShape = Type.String({ description: 'a zip, as verifier/README.md lays it out' })
