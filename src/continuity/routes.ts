import { flow, route } from '#kernel'
import { foundBackup, promise, promised, recordDrill } from './acts.ts'
import { makeBackup } from './backup-flow.ts'
import type { Backup } from './backup.ts'
import type { Drill } from './drill.ts'
import { listBackups, listDrills } from './store.ts'
import {
  BackupList,
  BackupParams,
  BackupShape,
  DrillList,
  DrillShape,
  NewDrill,
  ObjectiveShape,
} from './wire.ts'

const listed = 100

export const routes = [
  flow({
    method: 'POST',
    url: '/v1/backups',
    action: 'continuity.backup.make',
    summary: 'Make a backup now: sealed, in every place, read back.',
    response: BackupShape,
    flow: true,
    async handle(cross, _parts, world) {
      return toBackup(await makeBackup((deed) => cross(deed), world))
    },
  }),
  route({
    method: 'GET',
    url: '/v1/backups',
    action: 'continuity.backup.list',
    summary: 'List backups, newest first.',
    response: BackupList,
    effect: 'read',
    async handle(act) {
      return { items: (await listBackups(act.sql, listed)).map(toBackup) }
    },
  }),
  route({
    method: 'GET',
    url: '/v1/backups/:backupId',
    action: 'continuity.backup.read',
    summary: 'Show one backup.',
    params: BackupParams,
    response: BackupShape,
    effect: 'read',
    async handle(act, { params }) {
      return toBackup(await foundBackup(act, params.backupId))
    },
  }),
  route({
    method: 'GET',
    url: '/v1/drills/restore',
    action: 'continuity.drill.list',
    summary: 'List restore drills with their figures, newest first.',
    response: DrillList,
    effect: 'read',
    async handle(act) {
      return { items: (await listDrills(act.sql, listed)).map(toDrill) }
    },
  }),
  route({
    method: 'POST',
    url: '/v1/drills/restore',
    action: 'continuity.drill.record',
    summary: 'Record the figures of a restore drill (holdfast drill restore does it).',
    body: NewDrill,
    response: DrillShape,
    effect: 'write',
    async handle(act, { body }) {
      return toDrill(await recordDrill(act, { kind: 'restore', ...body }))
    },
  }),
  route({
    method: 'GET',
    url: '/v1/objectives',
    action: 'continuity.objective.read',
    summary: 'Show the promised recovery point and time.',
    response: ObjectiveShape,
    effect: 'read',
    handle: (act) => promised(act),
  }),
  route({
    method: 'PUT',
    url: '/v1/objectives',
    action: 'continuity.objective.promise',
    summary: 'Promise another recovery point and time.',
    body: ObjectiveShape,
    response: ObjectiveShape,
    effect: 'write',
    handle: (act, { body }) => promise(act, body),
  }),
]

const at = (when: Date | null) => when?.toISOString() ?? null

function toBackup(b: Backup): BackupShape {
  return {
    ...b,
    startedAt: b.startedAt.toISOString(),
    finishedAt: at(b.finishedAt),
    verifiedAt: at(b.verifiedAt),
  }
}

const toDrill = (d: Drill): DrillShape => ({ ...d, at: d.at.toISOString() })
