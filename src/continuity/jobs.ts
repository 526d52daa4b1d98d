import type { Job } from '#kernel'
import { makeBackup, standing } from './backup-flow.ts'
import { bundleWhenDue } from './bundle-flow.ts'
import { placesOf } from './adapters/places.ts'
import { listBackups, noteVerified } from './store.ts'

/** Backups whose copies are read again each day. */
const watched = 7

export const jobs: Job[] = [
  {
    action: 'continuity.backup',
    summary: 'Makes the daily backup.',
    cron: '15 2 * * *',
    async run(cross, _payload, world) {
      await makeBackup((deed) => cross({ action: 'continuity.backup' }, deed), world)
    },
  },
  {
    action: 'continuity.bundle',
    summary: 'Makes a bundle of the keyring where the newest is old, or keys were destroyed since.',
    cron: '*/10 * * * *',
    async run(cross, _payload, world) {
      await bundleWhenDue(cross, world)
    },
  },
  {
    action: 'continuity.verify',
    summary: 'Reads the newest backups again, in every place.',
    cron: '45 3 * * *',
    async run(cross, _payload, world) {
      const ask = { action: 'continuity.verify' } as const
      const backups = await cross({ ...ask, effect: 'read' }, (act) =>
        listBackups(act.sql, watched),
      )
      for (const { id, file, sha256, ofPlaces } of backups) {
        if (sha256 === null) continue
        const places = await standing(placesOf(world.settings), file, sha256)
        const problem = places < ofPlaces ? `${places} of ${ofPlaces} places hold it` : null
        await cross(ask, (act) => noteVerified(act.sql, id, act.now, places, problem))
      }
    },
  },
]
