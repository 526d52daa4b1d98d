import type { Static } from 'typebox'
import type {
  BackupList as BackupListShape,
  BackupShape,
  DrillList as DrillListShape,
  ObjectiveShape,
} from '../../../../src/continuity/wire.ts'
import { ask } from '../../ask.ts'

export type Backup = Static<typeof BackupShape>
export type Objective = Static<typeof ObjectiveShape>
type Backups = Static<typeof BackupListShape>
type Drills = Static<typeof DrillListShape>

export const backups = ask<Backups>('/v1/backups')
export const drills = ask<Drills>('/v1/drills/restore')
export const objectives = ask<Objective>('/v1/objectives')
