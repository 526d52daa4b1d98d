import type { Static } from 'typebox'
import type { Judged as JudgedShape } from '../../../../src/vault/wire.ts'
import { call } from '../../api.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { State, type Tone } from '../../ui/state.tsx'
import { useCall } from '../../ui/use-call.ts'
import { type Draft, termsOf } from './draft.ts'

type Judged = Static<typeof JudgedShape>

const levels: Readonly<Record<Judged['remarks'][number]['level'], readonly [string, Tone]>> = {
  leak: ['gives away', 'warn'],
  advice: ['look again', 'warn'],
  fact: ['comes to', 'plain'],
}

/** What the draft would come to, field by field, before anybody agrees on it. */
export function Judge({ draft, at }: { readonly draft: Draft; readonly at: string }) {
  const judge = useCall<void, Judged>({
    deed: () => {
      const { breachContacts: _contacts, ...body } = termsOf(draft)
      return call('POST', `${at}/judge`, { body })
    },
    said: 'The draft was judged; nothing was agreed',
  })
  const judged = judge.data?.value
  return (
    <section className="sheet stack" aria-label="What this comes to">
      <div className="row spread">
        <h2>What this comes to</h2>
        <Button
          tone="quiet"
          pending={judge.isPending}
          onClick={({ currentTarget: { form } }) => {
            // What is still to be filled in the browser shows at its field.
            if (form?.reportValidity() !== false) judge.mutate()
          }}
        >
          Judge the draft
        </Button>
      </div>
      <ErrorNotice error={judge.error} />
      {judged === undefined ? (
        <p className="soft">
          Says what each index gives away, what is probably meant otherwise, and what would be
          refused. Nothing is agreed by asking.
        </p>
      ) : (
        <>
          {judged.acceptable ? (
            <p>
              <State word="acceptable" tone="good" />
            </p>
          ) : (
            <p>
              <State word="would be refused" tone="bad" /> {judged.message}{' '}
              <code>{judged.code}</code>
            </p>
          )}
          <ul className="remarks">
            {judged.weakenings.map((weakening) => (
              <li key={weakening}>
                <State word="weakens" tone="bad" />
                <span className="whole">{weakening}</span>
              </li>
            ))}
            {judged.remarks.map(({ place, level, sentence }) => (
              <li key={`${place} ${sentence}`}>
                <State word={levels[level][0]} tone={levels[level][1]} />
                <span className="mono">{place}</span> {sentence}
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  )
}
