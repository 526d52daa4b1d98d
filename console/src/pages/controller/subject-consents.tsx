import { useQuery } from '@tanstack/react-query'
import type { Static } from 'typebox'
import type { Statement as StatementShape } from '../../../../src/vault/subjects/wire.ts'
import { call } from '../../api.ts'
import { ask, keyOf, part } from '../../ask.ts'
import { choice, long } from '../../ui/form/entries.tsx'
import type { Form } from '../../ui/form/entry.ts'
import { FormDialog } from '../../ui/form/form-dialog.tsx'
import { May } from '../../ui/may.tsx'
import { State } from '../../ui/state.tsx'
import { DataTable } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { useCall } from '../../ui/use-call.ts'
import { Loaded } from '../../ui/waiting.tsx'
import { type FoundSubject, type PartProps, pathOf, type Said } from './shapes.ts'

type Statement = Static<typeof StatementShape>
interface Asked {
  readonly purpose: string
  readonly said: 'consent' | 'consent withdrawn' | 'objection' | 'objection lifted'
  readonly evidence: string
}

/** What a subject has consented and objected to, each with the evidence, and how to write it down. */
export const SubjectConsents = (props: PartProps & { readonly subject: FoundSubject }) => (
  <div className="stack">
    <div className="row spread">
      <h3>Consent and objection</h3>
      <May ask="vault.consent.record">
        <Record {...props} />
      </May>
    </div>
    <May
      ask="vault.consent.read"
      otherwise={<p className="soft">What was said is read by whoever answers requests.</p>}
    >
      <List {...props} />
    </May>
  </div>
)

const consentsOf = ({ controller, subject }: PartProps & { readonly subject: FoundSubject }) =>
  `${pathOf(controller.controllerId)}/subjects/${part(subject.subjectId)}/consents`

function List(props: PartProps & { readonly subject: FoundSubject }) {
  const said = useQuery(ask<{ items: readonly Said[] }>(consentsOf(props)))
  return (
    <Loaded query={said} what="Reading what was said">
      {({ items }) => (
        <DataTable
          caption="What the subject has said"
          heads={['Purpose', 'Said', 'Since', 'Evidence']}
          rows={items}
          keyOf={({ consentId }) => consentId}
          empty={<p className="soft">Nothing was said: purposes that need consent see nothing.</p>}
        >
          {({ purpose, kind, givenAt, endedAt, evidence, endedHow }) => (
            <>
              <td>{purpose}</td>
              <td>
                <State
                  word={endedAt === null ? kind : `${kind} withdrawn`}
                  tone={endedAt !== null ? 'plain' : kind === 'consent' ? 'good' : 'warn'}
                />
              </td>
              <td>
                <Time at={endedAt ?? givenAt} />
              </td>
              <td>
                {evidence}
                {endedHow !== null && <div className="soft">{endedHow}</div>}
              </td>
            </>
          )}
        </DataTable>
      )}
    </Loaded>
  )
}

function Record(props: PartProps & { readonly subject: FoundSubject }) {
  const { controller, why } = props
  const record = useCall<Asked>({
    deed: ({ purpose, said, evidence }) =>
      call('PUT', consentsOf(props), {
        body: {
          purpose,
          kind: said.startsWith('consent') ? 'consent' : 'objection',
          stands: !said.includes(' '),
          evidence,
        } satisfies Statement,
        reason: why.reason.trim() === '' ? 'what the subject said' : why.reason,
      }),
    said: (_told, { said, purpose }) => `${said} to ${purpose} is written down`,
    renews: [keyOf(pathOf(controller.controllerId))],
  })
  const form: Form<Asked> = {
    purpose: choice(
      'Purpose',
      Object.fromEntries(
        controller.purposes.map(({ name, consent }) => [
          name,
          consent ? `${name} (needs consent)` : name,
        ]),
      ),
    ),
    said: choice('What was said', {
      consent: 'consents',
      'consent withdrawn': 'withdraws the consent',
      objection: 'objects (Art. 21)',
      'objection lifted': 'no longer objects',
    }),
    evidence: long('Evidence', {
      hint: 'How, when and before whom. Sealed under the subject’s own key, and erased with it.',
      placeholder: 'Form 12, signed in the shop on 9 March',
    }),
  }
  return (
    <FormDialog
      verb="Write down"
      title="What did the subject say?"
      lead="It counts from the next look on. Withdrawing is as easy as giving (GDPR Art. 7(3))."
      form={form}
      call={record}
    />
  )
}
