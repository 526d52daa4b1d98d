import { May } from '../../ui/may.tsx'
import { Canaries } from './canaries.tsx'
import { Remains } from './remains.tsx'
import { Retention } from './retention.tsx'
import type { PartProps } from './shapes.ts'

/** What time erases by itself, and who would betray a thief. */
export const ProtectionPart = (props: PartProps) => (
  <div className="stack">
    <May ask="vault.retention.preview">
      <Retention {...props} />
    </May>
    <May ask="vault.remains.read">
      <Remains {...props} />
    </May>
    <May ask="watch.canary.list">
      <Canaries {...props} />
    </May>
  </div>
)
