import type { Static } from 'typebox'
import type {
  Fix as FixShape,
  NewRetest as NewRetestShape,
  NewVulnerability as NewVulnerabilityShape,
  Vulnerabilities as VulnerabilitiesShape,
} from '../../../../src/governance/wire.ts'
import { call } from '../../api.ts'
import { part } from '../../ask.ts'
import { useSelf } from '../../self.ts'
import { ConfirmDialog } from '../../ui/confirm.tsx'
import { Day } from '../../ui/day.tsx'
import { person, yes } from '../../ui/form/choices.tsx'
import { type Form, starting } from '../../ui/form/entry.ts'
import { choice, pastDay, text } from '../../ui/form/entries.tsx'
import { FormDialog } from '../../ui/form/form-dialog.tsx'
import { dayAhead } from '../../ui/figures.ts'
import { May } from '../../ui/may.tsx'
import { State, type Tone } from '../../ui/state.tsx'
import { useCall } from '../../ui/use-call.ts'
import { Register } from './register.tsx'
import { bounds, type RegisterState, renewed } from './shapes.ts'
import { useEntry, useStep } from './use-entry.ts'

type Vulnerability = Static<typeof VulnerabilitiesShape>['items'][number]
type NewVulnerability = Static<typeof NewVulnerabilityShape>
type Retest = Static<typeof NewRetestShape>
type Fix = Static<typeof FixShape>

const tones: Readonly<Record<Vulnerability['severity'], Tone>> = {
  critical: 'bad',
  high: 'bad',
  medium: 'warn',
  low: 'plain',
}

const severities = {
  critical: 'critical: fixed within 7 days',
  high: 'high: within 30 days',
  medium: 'medium: within 90 days',
  low: 'low: within 180 days',
}

/** Found, fixed, tested again, closed; the deadline follows from the severity. */
export const Vulnerabilities = ({ register }: { readonly register: RegisterState | undefined }) => (
  <Register<Vulnerability>
    bounds={bounds.vulnerabilities}
    state={register}
    title="Vulnerabilities"
    lead="The severity sets the deadline and nobody moves it. Closed is only what has passed a test after the fix."
    heads={['Vulnerability', 'Severity', 'State']}
    first="Enter what a scan, an advisory or a penetration test has found."
    enter={
      <May ask="governance.vulnerability.enter">
        <Enter />
      </May>
    }
    renderCells={(vulnerability) => (
      <>
        <td>
          <span className="mono">{vulnerability.identifier}</span> {vulnerability.title}
          <div className="soft">
            {vulnerability.system}, found <Day on={vulnerability.foundOn} />
          </div>
        </td>
        <td>
          <State word={vulnerability.severity} tone={tones[vulnerability.severity]} />
        </td>
        <td>
          <Standing vulnerability={vulnerability} />
        </td>
      </>
    )}
    renderActs={(vulnerability) => <Steps vulnerability={vulnerability} />}
  />
)

function Standing({
  vulnerability: { fixedOn, retestPassed, endedAt },
}: {
  readonly vulnerability: Vulnerability
}) {
  if (endedAt !== undefined) return <State word="closed" tone="good" />
  if (fixedOn === undefined) return <State word="open" tone="warn" />
  if (retestPassed === true) return <State word="fixed, test passed" tone="good" />
  return retestPassed === false ? (
    <State word="fixed, test failed" tone="bad" />
  ) : (
    <State word="fixed, not tested" tone="warn" />
  )
}

const Steps = ({ vulnerability }: { readonly vulnerability: Vulnerability }) => (
  <>
    <May ask="governance.vulnerability.fix">
      <Fixed vulnerability={vulnerability} />
    </May>
    {vulnerability.fixedOn !== undefined && (
      <May ask="governance.vulnerability.retest">
        <Retested vulnerability={vulnerability} />
      </May>
    )}
    {vulnerability.retestPassed === true && (
      <May ask="governance.vulnerability.close">
        <Close vulnerability={vulnerability} />
      </May>
    )}
  </>
)

function Enter() {
  const enter = useEntry<NewVulnerability>('vulnerabilities', 'The vulnerability was entered')
  const form: Form<NewVulnerability> = {
    identifier: text('Identifier', { most: 80, placeholder: 'CVE-2026-1234' }),
    title: text('Title'),
    system: text('System', { placeholder: 'Where it is: a host, a package, a service' }),
    severity: choice('Severity', severities),
    foundOn: starting(pastDay('Found on'), dayAhead()),
    owner: person('Owner', useSelf()?.id),
  }
  return (
    <FormDialog
      verb="Enter a vulnerability"
      title="Enter a vulnerability"
      tone="plain"
      form={form}
      call={enter}
    />
  )
}

function Fixed({ vulnerability: { id, identifier } }: { readonly vulnerability: Vulnerability }) {
  const fix = useStep<Fix>('vulnerabilities', id, 'fix', `${identifier} is fixed`)
  const form: Form<Fix> = { fixedOn: starting(pastDay('Fixed on'), dayAhead()) }
  return <FormDialog verb="Fixed" title={`${identifier}: fixed`} form={form} call={fix} />
}

function Retested({
  vulnerability: { id, identifier },
}: {
  readonly vulnerability: Vulnerability
}) {
  const retest = useStep<Retest>('vulnerabilities', id, 'retests', `${identifier} was tested again`)
  const form: Form<Retest> = {
    testedOn: starting(pastDay('Tested on'), dayAhead()),
    passed: yes('It is gone'),
    method: text('How it was tested', { most: 500 }),
  }
  return (
    <FormDialog verb="Tested" title={`${identifier}: tested again`} form={form} call={retest} />
  )
}

function Close({ vulnerability: { id, identifier } }: { readonly vulnerability: Vulnerability }) {
  const close = useCall({
    deed: () => call('POST', `/v1/vulnerabilities/${part(id)}/closure`),
    said: `${identifier} is closed`,
    renews: renewed('vulnerabilities'),
  })
  return (
    <ConfirmDialog
      verb="Close"
      title={`Close ${identifier}?`}
      tone="quiet"
      pending={close.isPending}
      error={close.error}
      onOpen={close.reset}
      onConfirm={() => close.mutateAsync()}
    >
      <p>Its fix has passed its test. It stays to be read under “All”.</p>
    </ConfirmDialog>
  )
}
