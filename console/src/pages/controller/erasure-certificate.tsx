import { Download } from 'lucide-react'
import { Button } from '../../ui/button.tsx'
import { counted, countText, listed } from '../../ui/figures.ts'
import { save } from '../../ui/save.ts'
import { State } from '../../ui/state.tsx'
import { EntryLink } from '../../ui/tellings.tsx'
import { Time } from '../../ui/time.tsx'
import type { Certificate, PartProps } from './shapes.ts'

/** What may be handed to whoever asked to be forgotten. It names nobody. */
export const ErasureCertificate = ({
  facts,
  entryId,
  controller,
}: PartProps & { readonly facts: Certificate; readonly entryId: string | undefined }) => (
  <section className="sheet stack subject" aria-label="Certificate of erasure">
    <div className="row spread">
      <h2>Subject number {countText(facts.ordinal)} is erased</h2>
      <State word="erased" tone="good" />
    </div>
    <dl className="kv">
      <dt>Controller</dt>
      <dd>{controller.name}</dd>
      <dt>Pseudonym</dt>
      <dd className="mono">{facts.subjectId}</dd>
      <dt>Erased</dt>
      <dd>
        <Time at={facts.erasedAt} absolute />
      </dd>
      <dt>What</dt>
      <dd>
        {counted(facts.records, 'record')} in {listed(facts.categories) || 'no category'}
      </dd>
      <dt>Gone from every backup by</dt>
      <dd>
        <Time at={facts.goneFromBackupsBy} absolute /> (<Time at={facts.goneFromBackupsBy} />)
      </dd>
      <dt>Keys destroyed</dt>
      <dd>
        {facts.keys.map(({ keyId, commitment }) => (
          <div key={keyId}>
            <span className="mono">{keyId}</span>
            <div className="mono soft">commitment {commitment}</div>
          </div>
        ))}
      </dd>
      {entryId !== undefined && (
        <>
          <dt>Written down in</dt>
          <dd>
            <EntryLink entryId={entryId} />
          </dd>
        </>
      )}
    </dl>
    <div>
      <Button
        tone="quiet"
        onClick={() =>
          save(
            `erasure-${facts.subjectId}.json`,
            new Blob(
              [
                JSON.stringify(
                  {
                    controller: controller.name,
                    controllerId: controller.controllerId,
                    entryId,
                    ...facts,
                  },
                  undefined,
                  2,
                ),
              ],
              { type: 'application/json' },
            ),
          )
        }
      >
        <Download aria-hidden />
        Download the certificate
      </Button>
    </div>
  </section>
)
