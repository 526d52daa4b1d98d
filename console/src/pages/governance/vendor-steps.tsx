import type { Static } from 'typebox'
import type {
  Announcement as AnnouncementShape,
  Assessment as AssessmentShape,
} from '../../../../src/governance/wire.ts'
import { call } from '../../api.ts'
import { part } from '../../ask.ts'
import { ConfirmDialog } from '../../ui/confirm.tsx'
import { yes } from '../../ui/form/choices.tsx'
import { digest } from '../../ui/form/documents.tsx'
import { type Form, optional, starting } from '../../ui/form/entry.ts'
import { dueDay, pastDay, whole } from '../../ui/form/entries.tsx'
import { FormDialog } from '../../ui/form/form-dialog.tsx'
import { dayAhead } from '../../ui/figures.ts'
import { May } from '../../ui/may.tsx'
import { useCall } from '../../ui/use-call.ts'
import { renewed } from './shapes.ts'
import { useStep } from './use-entry.ts'
import type { Vendor } from './vendors.tsx'

type Assessment = Static<typeof AssessmentShape>
type Announcement = Static<typeof AnnouncementShape>

/** The steps of a vendor's life, as far as each may be taken now. */
export const VendorSteps = ({ vendor }: { readonly vendor: Vendor }) => (
  <>
    <May ask="governance.vendor.assess">
      <Assess vendor={vendor} />
    </May>
    {vendor.state === 'assessed' && vendor.acceptable === true && (
      <May ask="governance.vendor.announce">
        <Announce vendor={vendor} />
      </May>
    )}
    {vendor.state !== 'active' && vendor.state !== 'ended' && vendor.missing.length === 0 && (
      <May ask="governance.vendor.activate">
        <Activate vendor={vendor} />
      </May>
    )}
  </>
)

function Assess({ vendor: { id, name } }: { readonly vendor: Vendor }) {
  const assess = useStep<Assessment>(
    'vendors',
    id,
    'assessment',
    `The assessment of ${name} is kept`,
  )
  const form: Form<Assessment> = {
    on: starting(pastDay('Assessed on'), dayAhead()),
    acceptable: yes('The result is acceptable'),
    reportSha256: optional(digest('Report')),
    repeatBy: dueDay('Repeat by', 365, '400 days ahead at most'),
  }
  return (
    <FormDialog
      verb="Assess"
      title={`Assessment of ${name}`}
      lead="An active vendor whose assessment fails is active no longer."
      form={form}
      call={assess}
    />
  )
}

function Announce({ vendor: { id, name } }: { readonly vendor: Vendor }) {
  const announce = useStep<Announcement>('vendors', id, 'notice', `${name} is announced`)
  const form: Form<Announcement> = {
    objectionDays: whole('Days to object', { least: 14, most: 90, first: 30 }),
  }
  return (
    <FormDialog
      verb="Announce"
      title={`Announce ${name} to the controllers`}
      lead="Opens the window in which controllers may object (GDPR Art. 28(2)), to the end of its last day."
      form={form}
      call={announce}
    />
  )
}

function Activate({ vendor: { id, name } }: { readonly vendor: Vendor }) {
  const activate = useCall({
    deed: () => call('POST', `/v1/vendors/${part(id)}/activation`),
    said: `${name} may go to work`,
    renews: renewed('vendors'),
  })
  return (
    <ConfirmDialog
      verb="Activate"
      title={`Let ${name} go to work?`}
      pending={activate.isPending}
      error={activate.error}
      onOpen={activate.reset}
      onConfirm={() => activate.mutateAsync()}
    >
      <p>Assessment, contract and objection window are done; nothing is missing.</p>
    </ConfirmDialog>
  )
}
