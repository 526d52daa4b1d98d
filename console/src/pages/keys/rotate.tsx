import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Static } from 'typebox'
import type { Plans } from '../../../../src/keys/wire.ts'
import { call } from '../../api.ts'
import { ask, keyOf, part } from '../../ask.ts'
import { ConfirmDialog } from '../../ui/confirm.tsx'
import { counted } from '../../ui/figures.ts'
import { Time } from '../../ui/time.tsx'
import { useCall } from '../../ui/use-call.ts'
import { Loaded } from '../../ui/waiting.tsx'
import { turnedWords } from './rotations.tsx'

type Plan = Static<typeof Plans>['items'][number]
type Turned = Plan['family']

const choices: Readonly<Record<Turned, string>> = {
  wrap: 'The wrapping key: subject keys are wrapped anew',
  seal: 'The sealing key: what comes is sealed under it',
  index: 'The index key: searchable values are indexed anew',
  data: 'Subject keys: every record is sealed anew',
}
const ofHouse: readonly Turned[] = ['wrap', 'seal', 'index']
const all: readonly Turned[] = ['wrap', 'seal', 'index', 'data']

/** New keys for a ring: what is chosen is tried dry first, and said, before anything turns. */
export function Rotate({ ring }: { readonly ring: string }) {
  const [chosen, setChosen] = useState<readonly Turned[]>(['wrap', 'seal'])
  const [open, setOpen] = useState(false)
  const plan = useQuery({
    ...ask<Static<typeof Plans>>(`/v1/keys/rings/${part(ring)}/rotation-plan`, {
      families: chosen.join(','),
    }),
    enabled: open && chosen.length > 0,
  })
  const rotate = useCall({
    deed: () =>
      call('POST', `/v1/keys/rings/${part(ring)}/rotate`, { body: { families: [...chosen] } }),
    said: 'The ring has new keys',
    renews: [keyOf('/v1/keys')],
  })
  const toggle = (family: Turned) =>
    setChosen((now) =>
      now.includes(family) ? now.filter((one) => one !== family) : [...now, family],
    )
  return (
    <ConfirmDialog
      verb="Rotate"
      title="Give this ring new keys?"
      tone="quiet"
      pending={rotate.isPending}
      error={rotate.error}
      onOpen={() => {
        rotate.reset()
        setOpen(true)
      }}
      onConfirm={() => rotate.mutateAsync()}
    >
      <fieldset className="stack turned">
        <legend>What turns</legend>
        {(ring === 'house' ? ofHouse : all).map((family) => (
          <label key={family}>
            <input
              type="checkbox"
              checked={chosen.includes(family)}
              onChange={() => toggle(family)}
            />
            {choices[family]}
          </label>
        ))}
      </fieldset>
      {chosen.length === 0 ? (
        <p>Choose what turns.</p>
      ) : (
        <Loaded query={plan} what="Trying it dry">
          {({ items }) => (
            <ul className="plan">
              {items.map((one) => (
                <li key={one.family}>
                  <PlanLine plan={one} />
                </li>
              ))}
            </ul>
          )}
        </Loaded>
      )}
      <p className="soft">Everything goes on meanwhile. Nothing has been changed yet.</p>
    </ConfirmDialog>
  )
}

function PlanLine({ plan }: { readonly plan: Plan }) {
  const { family, fromVersion, toVersion, subjects, seconds, oldGoneBy } = plan
  return (
    <>
      {turnedWords[family]}
      {toVersion !== undefined && ` ${fromVersion} to ${toVersion}`}
      {subjects > 0 && `: ${counted(subjects, 'subject')}`}
      {seconds !== undefined && `, about ${counted(seconds, 'second')}`}
      {oldGoneBy !== undefined && (
        <>
          ; the old one is destroyed <Time at={oldGoneBy} />
        </>
      )}
    </>
  )
}

/** The epoch now: the old keys are destroyed in minutes, not when their time has come. */
export function Finalise({ ring }: { readonly ring: string }) {
  const sentence = 'destroy the old keys'
  const finalise = useCall({
    deed: () =>
      call('POST', `/v1/keys/rings/${part(ring)}/finalise`, { body: { confirm: sentence } }),
    said: 'The epoch turns; the old keys go in minutes',
    renews: [keyOf('/v1/keys')],
  })
  return (
    <ConfirmDialog
      verb="Finalise now"
      title="Destroy the old keys as soon as that is safe?"
      tone="danger"
      typed={sentence}
      pending={finalise.isPending}
      error={finalise.error}
      onOpen={finalise.reset}
      onConfirm={() => finalise.mutateAsync()}
    >
      <p>
        {ring === 'house' ? 'The index key turns' : 'Wrapping and index key turn'} now. Once nothing
        is left under the old, and ten minutes have passed, it is destroyed.
        {ring !== 'house' &&
          ' What was erased is then gone from every backup as soon as the bundles of the keyring have run out.'}
      </p>
      <p>
        Backups of the database made before open only with a bundle of the keyring made after: one
        is made by itself.
      </p>
    </ConfirmDialog>
  )
}
