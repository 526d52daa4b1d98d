import { useQuery } from '@tanstack/react-query'
import type { Static } from 'typebox'
import type { GateState } from '../../../src/gate/wire.ts'
import { ask } from '../ask.ts'
import { useLive } from '../attended.ts'
import { PageHead } from '../ui/page-head.tsx'
import { Loaded } from '../ui/waiting.tsx'
import { Door } from './gate/door.tsx'
import { Limits } from './gate/limits.tsx'
import { RefusedLastDay } from './gate/refused.tsx'
import { Upstream } from './gate/upstream.tsx'

export type Gate = Static<typeof GateState>

/** The door as it stands: what it shows, what it bounds, what it turned away. */
export default function GatePage() {
  const gate = useQuery({ ...ask<Gate>('/v1/gate'), refetchInterval: useLive(60_000) })
  return (
    <>
      <PageHead
        title="Gate"
        lead="Every request comes through this door. What it refused before anybody was known is counted here; everything else is an entry of the trail."
      />
      <Loaded query={gate} what="Looking at the door">
        {(seen) => (
          <div className="stack">
            <Door gate={seen} />
            <Upstream upstream={seen.upstream} />
            <RefusedLastDay refused={seen.refusedLastDay} />
            <Limits gate={seen} />
          </div>
        )}
      </Loaded>
    </>
  )
}
