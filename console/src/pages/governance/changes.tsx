import type { Static } from 'typebox'
import type {
  Changes as ChangesShape,
  NewChange as NewChangeShape,
} from '../../../../src/governance/wire.ts'
import { ActorName } from '../../actors.tsx'
import { useSelf } from '../../self.ts'
import { person } from '../../ui/form/choices.tsx'
import { type Form, optional } from '../../ui/form/entry.ts'
import { choice, dueDay, long, text } from '../../ui/form/entries.tsx'
import { FormDialog } from '../../ui/form/form-dialog.tsx'
import { May } from '../../ui/may.tsx'
import { State, type Tone } from '../../ui/state.tsx'
import { Time } from '../../ui/time.tsx'
import { ChangeSteps } from './change-steps.tsx'
import { Register } from './register.tsx'
import { bounds, type RegisterState } from './shapes.ts'
import { useEntry } from './use-entry.ts'

export type Change = Static<typeof ChangesShape>['items'][number]
type NewChange = Static<typeof NewChangeShape>

const tones: Readonly<Record<string, Tone>> = {
  proposed: 'warn',
  live: 'good',
  'rolled-back': 'bad',
}

/** Proposed, approved by somebody else, staged, tested, live; or back the way it came. */
export const Changes = ({ register }: { readonly register: RegisterState | undefined }) => (
  <Register<Change>
    bounds={bounds.changes}
    state={register}
    title="Changes"
    lead="Another person approves than the one who proposed; nobody jumps over staging or testing."
    heads={['Change', 'State', 'Life']}
    first="Propose the next release or configuration change with its plan and the way back."
    enter={
      <May ask="governance.change.propose">
        <Propose />
      </May>
    }
    renderCells={(change) => (
      <>
        <td>
          {change.title}
          <div className="soft">
            {change.kind}
            {change.version !== undefined && ` ${change.version}`}
          </div>
          <details>
            <summary>Plan and way back</summary>
            <p>{change.plan}</p>
            <p className="soft">Back: {change.rollbackPlan}</p>
          </details>
        </td>
        <td>
          <State word={change.state.replace('-', ' ')} tone={tones[change.state] ?? 'plain'} />
        </td>
        <td>
          <span className="soft">
            proposed by <ActorName id={change.proposedBy} />
          </span>
          <ol className="life">
            {change.steps.map(({ step, by, at, note }) => (
              <li key={`${step} ${at}`} title={note}>
                {step.replace('-', ' ')} by <ActorName id={by} />, <Time at={at} />
              </li>
            ))}
          </ol>
        </td>
      </>
    )}
    renderActs={(change) => <ChangeSteps change={change} />}
  />
)

function Propose() {
  const propose = useEntry<NewChange>('changes', 'The change was proposed')
  const form: Form<NewChange> = {
    title: text('Title'),
    kind: choice('Kind', {
      release: 'release',
      configuration: 'configuration',
      infrastructure: 'infrastructure',
    }),
    version: optional(
      text('Version', { most: 80, hint: 'A release names it; other changes have none' }),
    ),
    plan: long('Plan'),
    rollbackPlan: long('The way back'),
    owner: person('Owner', useSelf()?.id),
    due: dueDay('Live by', 14),
  }
  return (
    <FormDialog
      verb="Propose a change"
      title="Propose a change"
      tone="plain"
      form={form}
      call={propose}
    />
  )
}
