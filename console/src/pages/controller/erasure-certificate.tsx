import { Download as DownloadIcon } from 'lucide-react'
import type { Static } from 'typebox'
import type { CertificateShape } from '../../../../src/keys/wire.ts'
import { call } from '../../api.ts'
import { part } from '../../ask.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { counted, countText, listed } from '../../ui/figures.ts'
import { May } from '../../ui/may.tsx'
import { save } from '../../ui/save.ts'
import { State } from '../../ui/state.tsx'
import { EntryLink } from '../../ui/tellings.tsx'
import { Time } from '../../ui/time.tsx'
import { useCall } from '../../ui/use-call.ts'
import type { Certificate, PartProps } from './shapes.ts'

type Signed = Static<typeof CertificateShape>

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
    <May ask="keys.subject-certificate.read">
      <Download controllerId={controller.controllerId} subjectId={facts.subjectId} />
    </May>
  </section>
)

/** Fetches the certificate itself: what stands above, signed by the house, with proofs from the log. */
function Download({ controllerId, subjectId }: { controllerId: string; subjectId: string }) {
  const issue = useCall<void, Signed>({
    deed: async () => {
      const path = `/v1/keys/certificates/${part(controllerId)}/${part(subjectId)}`
      const told = await call<Signed>('GET', path)
      const text = JSON.stringify(told.value, undefined, 1)
      save(`erasure-${subjectId}.json`, new Blob([text], { type: 'application/json' }))
      return told
    },
    said: 'The certificate is issued',
  })
  return (
    <>
      <div>
        <Button tone="quiet" pending={issue.isPending} onClick={() => issue.mutate()}>
          {!issue.isPending && <DownloadIcon aria-hidden />}
          Download the certificate
        </Button>
      </div>
      {(issue.data?.value.pending ?? 0) > 0 && (
        <p className="soft">
          The log has not signed its entry yet, so that the proof is not in it. Download it again in
          a minute.
        </p>
      )}
      <ErrorNotice error={issue.error} />
    </>
  )
}
