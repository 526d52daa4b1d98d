import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { Static } from 'typebox'
import type { CanaryCount as CanaryCountShape } from '../../../../src/watch/wire.ts'
import { call } from '../../api.ts'
import { ask, keyOf } from '../../ask.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { Field } from '../../ui/field.tsx'
import { counted } from '../../ui/figures.ts'
import { May } from '../../ui/may.tsx'
import { State } from '../../ui/state.tsx'
import { Time } from '../../ui/time.tsx'
import { useCall } from '../../ui/use-call.ts'
import { Loaded } from '../../ui/waiting.tsx'
import { isWhole, type PartProps, pathOf } from './shapes.ts'
import { WhyFields } from './why-fields.tsx'

type CanaryCount = Static<typeof CanaryCountShape>

/** Made-up subjects that no task ever needs: whoever touches one is found. Which ones they are is told to nobody. */
export function Canaries(props: PartProps) {
  const { controller } = props
  const count = useQuery(ask<CanaryCount>(`${pathOf(controller.controllerId)}/canaries`))
  return (
    <section className="sheet stack">
      <Loaded query={count} what="Counting the canaries">
        {({ count: planted, lastPlantedAt }) => (
          <>
            <div className="row spread">
              <h2>Canaries</h2>
              {planted > 0 ? (
                <State word={counted(planted, 'canary', 'canaries')} tone="good" />
              ) : (
                <State word="none planted" tone="warn" />
              )}
            </div>
            <p>
              A canary is a made-up subject among the real ones. No task ever needs it, so whoever
              reads one goes through data they should not. Which ones they are is told to nobody.
              {lastPlantedAt !== null && (
                <>
                  {' '}
                  Last planted <Time at={lastPlantedAt} />.
                </>
              )}
            </p>
          </>
        )}
      </Loaded>
      {controller.state === 'active' && (
        <May ask="watch.canary.plant">
          <Plant {...props} />
        </May>
      )}
    </section>
  )
}

function Plant(props: PartProps) {
  const { controller, why } = props
  const [many, setMany] = useState('10')
  const path = `${pathOf(controller.controllerId)}/canaries`
  const plant = useCall<number, CanaryCount>({
    deed: (count) =>
      call('POST', path, { body: { count }, purpose: why.purpose, reason: why.reason }),
    said: ({ count }) => `There are ${counted(count, 'canary', 'canaries')} now`,
    renews: [keyOf(pathOf(controller.controllerId))],
  })
  return (
    <form
      className="stack"
      onSubmit={(event: FormEvent) => {
        event.preventDefault()
        plant.mutate(Number(many))
      }}
    >
      <WhyFields {...props} />
      <Field label="How many" hint="1 to 100 at once; ten are enough to meet any sweep">
        {(control) => (
          <input
            {...control}
            className="short"
            type="number"
            min={1}
            max={100}
            required
            value={many}
            onChange={({ target }) => setMany(target.value)}
          />
        )}
      </Field>
      <ErrorNotice error={plant.error} />
      <div>
        <Button type="submit" pending={plant.isPending} disabled={!isWhole(why)}>
          Plant canaries
        </Button>
      </div>
    </form>
  )
}
