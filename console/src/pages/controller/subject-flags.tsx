import { call } from '../../api.ts'
import { keyOf, part } from '../../ask.ts'
import { ConfirmDialog } from '../../ui/confirm.tsx'
import { useCall } from '../../ui/use-call.ts'
import { type ListedSubject, type PartProps, pathOf } from './shapes.ts'
import { Flags } from './subject-list.tsx'

interface FlagDeed {
  readonly flag: 'restricted' | 'held'
  readonly to: boolean
  readonly verb: string
  readonly title: string
  readonly means: string
  readonly said: string
}

/** Restriction (GDPR Art. 18) and legal hold: laid and lifted, each with what it means. */
export const SubjectFlags = ({
  subject,
  ...props
}: PartProps & { readonly subject: ListedSubject }) => (
  <div className="row">
    {(subject.restricted || subject.held) && <Flags subject={subject} />}
    <Flag
      {...props}
      subject={subject}
      deed={
        subject.restricted
          ? {
              flag: 'restricted',
              to: false,
              verb: 'Lift the restriction',
              title: 'Lift the restriction?',
              means: 'The data can be read and changed again.',
              said: 'The restriction was lifted',
            }
          : {
              flag: 'restricted',
              to: true,
              verb: 'Restrict',
              title: 'Restrict processing of this subject?',
              means:
                'The data is kept, and neither read nor changed, until the restriction is lifted (GDPR Art. 18).',
              said: 'Processing is restricted',
            }
      }
    />
    <Flag
      {...props}
      subject={subject}
      deed={
        subject.held
          ? {
              flag: 'held',
              to: false,
              verb: 'Lift the hold',
              title: 'Lift the legal hold?',
              means: 'What is past its time is erased by the next run of the hourly job.',
              said: 'The hold was lifted',
            }
          : {
              flag: 'held',
              to: true,
              verb: 'Hold',
              title: 'Lay a legal hold on this subject?',
              means: 'Nothing of it is erased, by time or by request, until the hold is lifted.',
              said: 'A legal hold was laid',
            }
      }
    />
  </div>
)

function Flag({
  controller: { controllerId },
  why: { reason },
  subject: { subjectId },
  deed: { flag, to, verb, title, means, said },
}: PartProps & { readonly subject: ListedSubject; readonly deed: FlagDeed }) {
  const path = `${pathOf(controllerId)}/subjects`
  const set = useCall({
    deed: () => call('PATCH', `${path}/${part(subjectId)}`, { body: { [flag]: to }, reason }),
    said,
    renews: [keyOf(path)],
  })
  return (
    <ConfirmDialog
      verb={verb}
      title={title}
      tone="quiet"
      disabled={reason.trim() === ''}
      pending={set.isPending}
      error={set.error}
      onOpen={set.reset}
      onConfirm={() => set.mutateAsync()}
    >
      <p>{means}</p>
      <p>
        Reason: <q>{reason}</q>
      </p>
    </ConfirmDialog>
  )
}
