import { PageHead } from '../ui/page-head.tsx'
import { May, NotGranted } from '../ui/may.tsx'
import { Backups } from './continuity/backups.tsx'
import { Drills } from './continuity/drills.tsx'
import { Objectives } from './continuity/objectives.tsx'
import { BackupNow } from './continuity/backup-now.tsx'

/** What would be lost if the machine burned now, and how soon the house would stand again. */
export default function Continuity() {
  return (
    <>
      <PageHead
        title="Continuity"
        lead="Backups are sealed, kept in every place there is, and read back. A restore counts only when it was done."
      >
        <May ask="continuity.backup.make">
          <BackupNow />
        </May>
      </PageHead>
      <div className="stack">
        <May ask="continuity.objective.read">
          <Objectives />
        </May>
        <May
          ask="continuity.backup.list"
          otherwise={<NotGranted what="backups" action="continuity.backup.list" />}
        >
          <Backups />
        </May>
        <May ask="continuity.drill.list">
          <Drills />
        </May>
      </div>
    </>
  )
}
