import type { Static } from 'typebox'
import type {
  NewStep as NewStepShape,
  Verdict as VerdictShape,
} from '../../../../src/governance/wire.ts'
import { call } from '../../api.ts'
import { part } from '../../ask.ts'
import { mayAsk, useSelf } from '../../self.ts'
import type { Form } from '../../ui/form/entry.ts'
import { choice, long } from '../../ui/form/entries.tsx'
import { FormDialog } from '../../ui/form/form-dialog.tsx'
import { useCall } from '../../ui/use-call.ts'
import type { Change } from './changes.tsx'
import { renewed } from './shapes.ts'
import { useStep } from './use-entry.ts'

type NewStep = Static<typeof NewStepShape>
type Verdict = Static<typeof VerdictShape>
type Step = NewStep['step']

/** Which steps a change may take from where it stands. */
const stepsFrom: Readonly<Record<string, readonly Step[]>> = {
  proposed: ['withdrawn'],
  approved: ['staged', 'withdrawn'],
  staged: ['tested', 'rolled-back'],
  tested: ['live', 'rolled-back'],
  live: ['rolled-back'],
}

const stepNames: Readonly<Record<Step, string>> = {
  staged: 'staged',
  tested: 'tested',
  live: 'live',
  'rolled-back': 'rolled back',
  withdrawn: 'withdrawn',
}

export function ChangeSteps({ change }: { readonly change: Change }) {
  const self = useSelf()
  const steps = stepsFrom[change.state] ?? []
  const isWaiting = change.state === 'proposed'
  return (
    <>
      {isWaiting && mayAsk(self, 'governance.change.decide') && change.proposedBy !== self?.id && (
        <Decide change={change} />
      )}
      {isWaiting && change.proposedBy === self?.id && (
        <span className="soft">waits for another person’s approval</span>
      )}
      {steps.length > 0 && mayAsk(self, 'governance.change.step') && (
        <TakeStep change={change} steps={steps} />
      )}
    </>
  )
}

interface Deciding {
  readonly verdict: 'approved' | 'rejected'
  readonly note: string
}

const decideForm: Form<Deciding> = {
  verdict: choice('Verdict', { approved: 'approve it', rejected: 'reject it' }),
  note: long('Why'),
}

function Decide({ change: { id, title } }: { readonly change: Change }) {
  const decide = useCall<Deciding>({
    deed: ({ verdict, note }) => {
      const body: Verdict = { approved: verdict === 'approved', note }
      return call('POST', `/v1/changes/${part(id)}/approval`, { body })
    },
    said: (_, { verdict }) => `${title}: ${verdict}`,
    renews: renewed('changes'),
  })
  return <FormDialog verb="Decide" title={`Decide on ${title}`} form={decideForm} call={decide} />
}

function TakeStep({
  change: { id, title },
  steps,
}: {
  readonly change: Change
  readonly steps: readonly Step[]
}) {
  const step = useStep<NewStep>('changes', id, 'steps', `${title}: the next step is taken`)
  const options = Object.fromEntries(steps.map((one) => [one, stepNames[one]]))
  const form: Form<NewStep> = {
    step: choice<Step>('It is now', options as Record<Step, string>),
    note: long('What was seen'),
  }
  return <FormDialog verb="Next step" title={`Next step of ${title}`} form={form} call={step} />
}
