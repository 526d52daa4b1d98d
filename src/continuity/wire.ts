import { type Static, Type } from 'typebox'

const nullable = <T extends ReturnType<typeof Type.String> | ReturnType<typeof Type.Integer>>(
  t: T,
) => Type.Union([t, Type.Null()])

export const BackupParams = Type.Object({ backupId: Type.String({ format: 'uuid' }) })

export const BackupShape = Type.Object({
  id: Type.String(),
  startedAt: Type.String(),
  finishedAt: nullable(Type.String()),
  state: Type.String({ description: 'running, finished or failed' }),
  file: Type.String({ description: 'name of the file in each place' }),
  bytes: nullable(Type.Integer()),
  sha256: nullable(Type.String()),
  rowCount: nullable(Type.Integer()),
  tableCount: nullable(Type.Integer()),
  places: Type.Integer({ description: 'places that hold the right bytes' }),
  ofPlaces: Type.Integer(),
  problem: nullable(Type.String()),
  verifiedAt: nullable(Type.String()),
})
export type BackupShape = Static<typeof BackupShape>

export const BackupList = Type.Object({ items: Type.Array(BackupShape) })

export const ObjectiveShape = Type.Object({
  recoveryPointMinutes: Type.Integer({ minimum: 1, maximum: 525_600 }),
  recoveryTimeMinutes: Type.Integer({ minimum: 1, maximum: 525_600 }),
})

export const NewDrill = Type.Object({
  backupId: Type.String({ format: 'uuid' }),
  passed: Type.Boolean(),
  recoveryPointSeconds: Type.Number({ minimum: 0 }),
  recoveryTimeSeconds: Type.Number({ minimum: 0 }),
  facts: Type.Record(
    Type.String({ maxLength: 60 }),
    Type.Union([Type.Number(), Type.Boolean(), Type.String({ maxLength: 200 })]),
  ),
})

export const DrillShape = Type.Object({
  id: Type.String(),
  kind: Type.String(),
  at: Type.String(),
  passed: Type.Boolean(),
  backupId: Type.String(),
  recoveryPointSeconds: Type.Number(),
  recoveryTimeSeconds: Type.Number(),
  facts: Type.Record(Type.String(), Type.Unknown()),
})
export type DrillShape = Static<typeof DrillShape>

export const DrillList = Type.Object({ items: Type.Array(DrillShape) })
