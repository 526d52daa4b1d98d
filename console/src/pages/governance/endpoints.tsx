import type { Static } from 'typebox'
import type {
  Endpoints as EndpointsShape,
  NewEndpoint as NewEndpointShape,
  NewPosture as NewPostureShape,
} from '../../../../src/governance/wire.ts'
import { useSelf } from '../../self.ts'
import { maybe, person } from '../../ui/form/choices.tsx'
import type { Form } from '../../ui/form/entry.ts'
import { dueDay, text } from '../../ui/form/entries.tsx'
import { FormDialog } from '../../ui/form/form-dialog.tsx'
import { May } from '../../ui/may.tsx'
import { State } from '../../ui/state.tsx'
import { Time } from '../../ui/time.tsx'
import { Register } from './register.tsx'
import { bounds, type RegisterState } from './shapes.ts'
import { useEntry, useStep } from './use-entry.ts'

type Endpoint = Static<typeof EndpointsShape>['items'][number]
type NewEndpoint = Static<typeof NewEndpointShape>
type Posture = Static<typeof NewPostureShape>

/** Devices that touch the data, and what they last said of their protection. */
export const Endpoints = ({ register }: { readonly register: RegisterState | undefined }) => (
  <Register<Endpoint>
    bounds={bounds.endpoints}
    state={register}
    title="Devices that touch the data"
    lead="A report counts for thirty days; what it leaves out counts as not known, which is never a yes."
    heads={['Device', 'Protection', 'Reported']}
    first="Enter the first device by its inventory number, then report what protects it; or let your agent do it over the API."
    enter={
      <May ask="governance.endpoint.enter">
        <Enter />
      </May>
    }
    renderCells={(endpoint) => (
      <>
        <td>
          <span className="mono">{endpoint.tag}</span>
          <div className="soft">
            {endpoint.platform} {endpoint.osVersion}
          </div>
        </td>
        <td>
          <div className="row">
            <Part name="disk encrypted" holds={endpoint.diskEncrypted} />
            <Part name="firewall" holds={endpoint.firewall} />
            <Part name="malware protection" holds={endpoint.malwareProtection} />
            <Part name="system supported" holds={endpoint.osSupported} />
          </div>
        </td>
        <td>
          {endpoint.reportedAt === undefined ? (
            'never'
          ) : (
            <>
              <Time at={endpoint.reportedAt} />
              <div className="soft">{endpoint.source}</div>
            </>
          )}
        </td>
      </>
    )}
    renderActs={(endpoint) => (
      <May ask="governance.endpoint.report">
        <Report endpoint={endpoint} />
      </May>
    )}
  />
)

function Part({ name, holds }: { readonly name: string; readonly holds: boolean | undefined }) {
  if (holds === undefined) return <State word={`${name}: not known`} tone="plain" />
  return <State word={holds ? name : `no ${name}`} tone={holds ? 'good' : 'bad'} />
}

function Enter() {
  const enter = useEntry<NewEndpoint>('endpoints', 'The device was entered')
  const form: Form<NewEndpoint> = {
    tag: text('Inventory number', {
      most: 64,
      hint: 'Letters, digits, points, hyphens, underscores',
    }),
    platform: text('Platform', { most: 80, placeholder: 'macOS, Windows, Debian' }),
    owner: person('Owner', useSelf()?.id),
    due: dueDay('First report by', 14, 'Thirty days ahead at most'),
  }
  return (
    <FormDialog
      verb="Enter a device"
      title="Enter a device"
      tone="plain"
      form={form}
      call={enter}
    />
  )
}

function Report({ endpoint: { id, tag } }: { readonly endpoint: Endpoint }) {
  const report = useStep<Posture>('endpoints', id, 'posture', `${tag} has reported`)
  const form: Form<Posture> = {
    diskEncrypted: maybe('Disk encrypted'),
    firewall: maybe('Firewall'),
    malwareProtection: maybe('Malware protection'),
    osSupported: maybe('System still supported'),
    osVersion: text('Version of the system', { most: 80 }),
    source: text('Who says so', { most: 80, placeholder: 'osquery, by hand' }),
  }
  return <FormDialog verb="Report" title={`What protects ${tag}`} form={form} call={report} />
}
