import { call, Refused } from '../../api.ts'
import { ConfirmDialog } from '../../ui/confirm.tsx'
import { picks } from '../../ui/form/choices.tsx'
import { choice, long, text } from '../../ui/form/entries.tsx'
import type { Form } from '../../ui/form/entry.ts'
import { FormDialog } from '../../ui/form/form-dialog.tsx'
import { May } from '../../ui/may.tsx'
import { useCall } from '../../ui/use-call.ts'
import { Answer } from './request-answer.tsx'
import { Forward } from './request-forward.tsx'
import { isPseudonym } from './pseudonym.ts'
import { renewsOf, type StepProps } from './request-words.tsx'

/** What can be done next: forward, keep the instruction, do it; name the subject and extend at any time. */
export const RequestSteps = (props: StepProps) => {
  const { request } = props
  const isCopy = request.kind === 'access' || request.kind === 'portability'
  const isReady = request.state === 'instructed' && request.subjectId !== null
  return (
    <div className="row">
      {(request.state === 'received' || request.state === 'forwarded') && (
        <May ask="vault.request.forward">
          <Forward {...props} />
        </May>
      )}
      {request.state !== 'instructed' && (
        <May ask="vault.request.instruct">
          <Instruct {...props} />
        </May>
      )}
      <May ask="vault.request.receive">
        <NameSubject {...props} />
      </May>
      {isReady && isCopy && (
        <May ask="vault.request.answer">
          <Answer {...props} />
        </May>
      )}
      {isReady && !isCopy && (
        <May ask="vault.request.carry-out">
          <CarryOut {...props} />
        </May>
      )}
      {request.extendedAt === null && (
        <May ask="vault.request.extend">
          <Extend {...props} />
        </May>
      )}
    </div>
  )
}

interface Instruction {
  readonly comply: 'yes' | 'no'
  readonly instruction: string
}

function Instruct(props: StepProps) {
  const instruct = useCall<Instruction>({
    deed: ({ comply, instruction }) =>
      call('POST', `${props.path}/instruct`, { body: { comply: comply === 'yes', instruction } }),
    said: 'The instruction is kept',
    renews: renewsOf(props),
  })
  const form: Form<Instruction> = {
    comply: choice('The controller says', { yes: 'do what was asked', no: 'decline it' }),
    instruction: long('In its words', { hint: 'The ground for what is done next' }),
  }
  return (
    <FormDialog
      verb="Keep the instruction"
      title="What does the controller instruct?"
      tone="plain"
      form={form}
      call={instruct}
    />
  )
}

const noPseudonym = () =>
  new Refused(
    422,
    'console.no-pseudonym',
    'That is no pseudonym. It has 36 characters, in five groups, and is not what the controller calls the person.',
  )

function NameSubject(props: StepProps) {
  const name = useCall<{ readonly subjectId: string }>({
    async deed({ subjectId }) {
      const body = { subjectId: subjectId.trim().toLowerCase() }
      if (!isPseudonym(body.subjectId)) throw noPseudonym()
      return call('PUT', `${props.path}/subject`, { body })
    },
    said: 'The subject is named',
    renews: renewsOf(props),
  })
  const form: Form<{ readonly subjectId: string }> = {
    subjectId: text('Pseudonym of the subject', {
      hint: 'Find the person under Subjects; the pseudonym stands in its row',
      most: 60,
    }),
  }
  return <FormDialog verb="Name the subject" title="Whom is it about?" form={form} call={name} />
}

function Extend(props: StepProps) {
  const extend = useCall<{ readonly why: string }>({
    deed: (body) => call('POST', `${props.path}/extend`, { body }),
    said: 'Two months more; tell the person why, within the first',
    renews: renewsOf(props),
  })
  const form: Form<{ readonly why: string }> = {
    why: long('Why it takes longer', {
      hint: 'Complex, or many at once (Art. 12(3)). The person must hear it within the first month.',
    }),
  }
  return <FormDialog verb="Extend" title="Give it two months more?" form={form} call={extend} />
}

const deeds: Readonly<Record<string, string>> = {
  erasure:
    'Everything of this subject is erased and its key destroyed. The certificate stays with the request.',
  restriction: 'Its data is kept from now on, and neither read nor changed.',
  rectification: 'You say that what was wrong has been put right.',
}

function CarryOut(props: StepProps) {
  const { path, request, controller } = props
  const carry = useCall<{ readonly purposes: readonly string[] }>({
    deed: (body) => call('POST', `${path}/carry-out`, { body }),
    said: 'Done as instructed; the proof stands in the request',
    renews: renewsOf(props),
  })
  if (request.kind === 'objection')
    return (
      <FormDialog
        verb="Carry it out"
        title="Which purposes does it end?"
        tone="plain"
        form={{
          purposes: picks(
            'Purposes',
            controller.purposes.map(({ name }) => name),
          ),
        }}
        call={carry}
      />
    )
  return (
    <ConfirmDialog
      verb="Carry it out"
      title={`Carry out the ${request.kind}?`}
      {...(request.kind === 'erasure' ? { typed: 'erase', tone: 'danger' as const } : {})}
      pending={carry.isPending}
      error={carry.error}
      onOpen={carry.reset}
      onConfirm={() => carry.mutateAsync({ purposes: [] })}
    >
      <p>{deeds[request.kind]}</p>
    </ConfirmDialog>
  )
}
