import type { ReactNode } from 'react'
import { PageHead } from '../../ui/page-head.tsx'
import { PartNav } from '../../ui/part-nav.tsx'

/** Head of the trail's parts. */
export const TrailHead = ({
  part,
  children,
}: {
  readonly part: '' | 'logs' | 'streams' | 'anchors' | 'retention'
  readonly children?: ReactNode
}) => (
  <>
    <PageHead
      title="Trail"
      lead="No data leaves the house without an entry here. Each controller has a log of its own, which it can check by itself."
    >
      {children}
    </PageHead>
    <PartNav
      label="Parts of the trail"
      base="/trail"
      at={part}
      parts={[
        { part: '', name: 'Entries' },
        { part: 'logs', name: 'Logs and proof' },
        { part: 'streams', name: 'Streams' },
        { part: 'anchors', name: 'Anchors' },
        { part: 'retention', name: 'Retention' },
      ]}
    />
  </>
)
