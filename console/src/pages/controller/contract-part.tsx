import { useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { May } from '../../ui/may.tsx'
import { AmendForm } from './amend-form.tsx'
import { ContractFacts } from './contract-facts.tsx'
import { Offboard } from './offboard.tsx'
import type { PartProps } from './shapes.ts'

/** What was agreed, how to agree on something else, and how it ends. */
export function ContractPart({ controller }: PartProps) {
  const [amending, setAmending] = useState(false)
  const isLive = controller.state === 'active'
  if (amending) return <AmendForm controller={controller} onDone={() => setAmending(false)} />
  return (
    <div className="stack">
      <ContractFacts controller={controller} />
      {isLive && (
        <May ask="vault.controller.amend">
          <div>
            <Button tone="quiet" onClick={() => setAmending(true)}>
              Amend the contract
            </Button>
          </div>
        </May>
      )}
      <May ask="vault.controller.plan-end">
        <Offboard controller={controller} />
      </May>
    </div>
  )
}
