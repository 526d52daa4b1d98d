import { useState } from 'react'
import type { Static } from 'typebox'
import type {
  NewVendor as NewVendorShape,
  Vendors as VendorsShape,
} from '../../../../src/governance/wire.ts'
import { useSelf } from '../../self.ts'
import { Button } from '../../ui/button.tsx'
import { person } from '../../ui/form/choices.tsx'
import { contact } from '../../ui/form/contact.tsx'
import { type Form, optional } from '../../ui/form/entry.ts'
import { country, dueDay, names, text } from '../../ui/form/entries.tsx'
import { FormDialog } from '../../ui/form/form-dialog.tsx'
import { May } from '../../ui/may.tsx'
import { State, type Tone } from '../../ui/state.tsx'
import { Time } from '../../ui/time.tsx'
import { Register } from './register.tsx'
import { bounds, type RegisterState } from './shapes.ts'
import { useEntry } from './use-entry.ts'
import { VendorObjections } from './vendor-objections.tsx'
import { VendorSteps } from './vendor-steps.tsx'

export type Vendor = Static<typeof VendorsShape>['items'][number]
type NewVendor = Static<typeof NewVendorShape>

const tones: Readonly<Record<Vendor['state'], Tone>> = {
  proposed: 'plain',
  assessed: 'plain',
  notified: 'warn',
  active: 'good',
  ended: 'plain',
}

/** Vendors and sub-processors: nobody goes to work before assessment, contract and objection window. */
export function Vendors({ register }: { readonly register: RegisterState | undefined }) {
  const [open, setOpen] = useState<Vendor>()
  return (
    <div className="stack">
      <Register<Vendor>
        bounds={bounds.vendors}
        state={register}
        title="Vendors and sub-processors"
        lead="Proposed, assessed, announced to the controllers, then at work; never in another order."
        heads={['Vendor', 'Data', 'State']}
        first="Propose the first vendor with the button above: whoever hosts, mails or supports with access to personal data."
        enter={
          <May ask="governance.vendor.propose">
            <Propose />
          </May>
        }
        renderCells={(vendor) => (
          <>
            <td>
              {vendor.name} <span className="soft">({vendor.country})</span>
              <div className="soft">{vendor.service}</div>
              {vendor.contact !== undefined && (
                <div className="soft">
                  {vendor.contact.name}, {vendor.contact.email}
                </div>
              )}
            </td>
            <td>{vendor.dataCategories.join(', ')}</td>
            <td>
              <Standing vendor={vendor} />
            </td>
          </>
        )}
        renderActs={(vendor) => (
          <>
            <VendorSteps vendor={vendor} />
            {vendor.announcedAt !== undefined && (
              <May ask="governance.objection.list">
                <Button
                  tone="quiet"
                  aria-expanded={open?.id === vendor.id}
                  onClick={() => setOpen(open?.id === vendor.id ? undefined : vendor)}
                >
                  Objections
                </Button>
              </May>
            )}
          </>
        )}
      />
      {open !== undefined && <VendorObjections vendor={open} />}
    </div>
  )
}

const Standing = ({ vendor }: { readonly vendor: Vendor }) => (
  <>
    <State
      word={vendor.state === 'notified' ? 'announced' : vendor.state}
      tone={tones[vendor.state]}
    />
    {vendor.acceptable === false && <State word="not acceptable" tone="bad" />}
    {vendor.openObjections > 0 && <State word={`${vendor.openObjections} objected`} tone="bad" />}
    {vendor.state === 'notified' && vendor.objectionsUntil !== undefined && (
      <div className="soft">
        window closes <Time at={vendor.objectionsUntil} />
      </div>
    )}
    {vendor.missing.length > 0 && (
      <div className="soft">
        lacks {vendor.missing.map((each) => each.replace('-', ' ')).join(', ')}
      </div>
    )}
  </>
)

function Propose() {
  const propose = useEntry<NewVendor>('vendors', 'The vendor was proposed')
  const form: Form<NewVendor> = {
    name: text('Name'),
    service: text('What it does for us', { placeholder: 'Hosting of the database' }),
    country: country('Country of processing'),
    dataCategories: names('Categories of data it touches'),
    contact: optional(contact('Contact')),
    owner: person('Owner', useSelf()?.id),
    due: dueDay('Assess by', 30),
  }
  return (
    <FormDialog
      verb="Propose a vendor"
      title="Propose a vendor"
      lead="Proposing lets nobody in: assessment, contract and the window for objections come first."
      tone="plain"
      form={form}
      call={propose}
    />
  )
}
