import type { Static } from 'typebox'
import type {
  Completion as CompletionShape,
  NewTraining as NewTrainingShape,
  Trainings as TrainingsShape,
} from '../../../../src/governance/wire.ts'
import { ActorName } from '../../actors.tsx'
import { useSelf } from '../../self.ts'
import { Day } from '../../ui/day.tsx'
import { person } from '../../ui/form/choices.tsx'
import { digest } from '../../ui/form/documents.tsx'
import { type Form, optional, starting } from '../../ui/form/entry.ts'
import { dueDay, pastDay, text } from '../../ui/form/entries.tsx'
import { FormDialog } from '../../ui/form/form-dialog.tsx'
import { dayAhead } from '../../ui/figures.ts'
import { May } from '../../ui/may.tsx'
import { State } from '../../ui/state.tsx'
import { Register } from './register.tsx'
import { bounds, type RegisterState } from './shapes.ts'
import { useEntry, useStep } from './use-entry.ts'

type Training = Static<typeof TrainingsShape>['items'][number]
type NewTraining = Static<typeof NewTrainingShape>
type Completion = Static<typeof CompletionShape>

/** Who is to take which course by when, and who has. */
export const Trainings = ({ register }: { readonly register: RegisterState | undefined }) => (
  <Register<Training>
    bounds={bounds.trainings}
    state={register}
    title="Awareness training"
    lead="One entry a person and course. Its due day is the day of the course, then of the refresher."
    heads={['Person', 'Course', 'State']}
    first="Assign a course to everybody who can see personal data, beginning with yourself."
    enter={
      <May ask="governance.training.assign">
        <Assign />
      </May>
    }
    renderCells={({ personId, course, completedOn, validUntil }) => (
      <>
        <td>
          <ActorName id={personId} />
        </td>
        <td>{course}</td>
        <td>
          {completedOn === undefined ? (
            <State word="not taken" tone="warn" />
          ) : (
            <>
              <State word="taken" tone="good" />
              <div className="soft">
                <Day on={completedOn} />
                {validUntil !== undefined && (
                  <>
                    , refresher by <Day on={validUntil} />
                  </>
                )}
              </div>
            </>
          )}
        </td>
      </>
    )}
    renderActs={(training) => (
      <May ask="governance.training.complete">
        <Complete training={training} />
      </May>
    )}
  />
)

function Assign() {
  const assign = useEntry<NewTraining>('trainings', 'The course was assigned')
  const form: Form<NewTraining> = {
    personId: person('Who'),
    course: text('Course', { placeholder: 'Data protection, yearly' }),
    owner: person('Owner', useSelf()?.id, 'Who sees to it'),
    due: dueDay('Taken by', 30),
  }
  return (
    <FormDialog
      verb="Assign a course"
      title="Assign a course"
      tone="plain"
      form={form}
      call={assign}
    />
  )
}

function Complete({ training: { id, course } }: { readonly training: Training }) {
  const complete = useStep<Completion>('trainings', id, 'completion', `${course}: taken`)
  const form: Form<Completion> = {
    completedOn: starting(pastDay('Taken on'), dayAhead()),
    validUntil: dueDay('Refresher by', 365, 'Two years ahead at most'),
    certificateSha256: optional(digest('Certificate')),
  }
  return <FormDialog verb="Taken" title={`${course}: taken`} form={form} call={complete} />
}
