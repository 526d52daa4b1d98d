import { useMutation, useQuery } from '@tanstack/react-query'
import { Download } from 'lucide-react'
import { useState } from 'react'
import type { Static } from 'typebox'
import type { CertificateShape } from '../../../../src/keys/wire.ts'
import type { EndPlan as EndPlanShape } from '../../../../src/vault/wire.ts'
import { ActorName } from '../../actors.tsx'
import { call, Refused } from '../../api.ts'
import { ask, keyOf, part } from '../../ask.ts'
import { download } from '../../streams.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { Field } from '../../ui/field.tsx'
import { counted, countText, sizeText } from '../../ui/figures.ts'
import { May } from '../../ui/may.tsx'
import { save } from '../../ui/save.ts'
import { StepUp, wantsFresh } from '../../ui/step-up.tsx'
import { tell } from '../../ui/tellings.tsx'
import { Time } from '../../ui/time.tsx'
import { useCall } from '../../ui/use-call.ts'
import { Loaded } from '../../ui/waiting.tsx'
import { type ControllerRead, pathOf } from './shapes.ts'

type EndPlan = Static<typeof EndPlanShape>
type ControllerCertificate = Static<typeof CertificateShape>
type Controlled = { readonly controller: ControllerRead }

/** So much a browser takes in one piece to check it; more is fetched by the command line. */
const mostBytes = 1_500_000_000

/**
 * The end of a contract, step by step: tried dry, closed, given back, destroyed, certified (GDPR Art.
 * 28(3)(g)). Where it stands, it goes on, whoever looks.
 */
export function Offboard({ controller }: Controlled) {
  const { controllerId, state } = controller
  const [digest, setDigest] = useState<string>()
  const plan = useQuery({
    ...ask<EndPlan>(`${pathOf(controllerId)}/offboard`),
    enabled: state !== 'left',
  })
  if (state === 'left') return <Ended controller={controller} />
  return (
    <section className="sheet stack danger-zone" aria-label="End of the contract">
      <h2>{state === 'active' ? 'End of the contract' : 'This contract is ending'}</h2>
      <p>
        First the controller is closed and everything is given back to it as one archive; then its
        data and keys are destroyed, here and, within weeks, in every backup. The same on the
        command line: <code>holdfast vault controller offboard</code>
      </p>
      <Loaded query={plan} what="Trying the end dry">
        {(seen) => (
          <>
            <Dry plan={seen} />
            {state === 'active' && <Close controller={controller} plan={seen} />}
            {state === 'returning' && (
              <GiveBack controller={controller} plan={seen} digest={digest} onWhole={setDigest} />
            )}
            {state !== 'active' && <Destroy controller={controller} plan={seen} digest={digest} />}
          </>
        )}
      </Loaded>
    </section>
  )
}

/** What the end comes to; nothing of it is begun by looking. */
const Dry = ({ plan }: { readonly plan: EndPlan }) => (
  <>
    <dl className="kv">
      <dt>Given back, then destroyed</dt>
      <dd>
        {counted(plan.records, 'record')} of {counted(plan.subjects, 'subject')},{' '}
        {counted(plan.files, 'file')}
        {plan.files > 0 && ` (${sizeText(plan.fileBytes)})`}
      </dd>
      <dt>Ends with them</dt>
      <dd>{counted(plan.tokens, 'token')}, what was searched by, and the ring of keys</dd>
      <dt>Stays</dt>
      <dd>the trail, the contract, and the certificate</dd>
    </dl>
    {plan.held > 0 && (
      <p className="notice">
        {counted(plan.held, 'subject')} under a legal hold: the end waits until it is lifted.
      </p>
    )}
    {plan.openRequests > 0 && (
      <p className="notice">
        {counted(plan.openRequests, 'request')} of data subjects still open: answer them before the
        data is gone.
      </p>
    )}
    {plan.byTwo && (
      <p className="soft">It takes two: whoever closes it is not the one who fetches its data.</p>
    )}
  </>
)

function Close({ controller, plan }: Controlled & { readonly plan: EndPlan }) {
  const { controllerId, name } = controller
  const close = useCall({
    deed: () => call('POST', `${pathOf(controllerId)}/offboard`, { body: { name } }),
    said: `${name} is closed; its data waits to be fetched`,
    renews: [keyOf('/v1/controllers')],
  })
  return (
    <May ask="vault.controller.close">
      <div>
        <ConfirmDialog
          verb="Close it for its return"
          title={`Close ${name}?`}
          tone="danger"
          typed={name}
          disabled={plan.held > 0}
          pending={close.isPending}
          error={close.error}
          onOpen={close.reset}
          onConfirm={() => close.mutateAsync()}
        >
          <p>
            Nothing is taken in or read any more but the return of its data. Nothing is destroyed
            yet, and it can be opened again.
          </p>
        </ConfirmDialog>
      </div>
    </May>
  )
}

function GiveBack({
  controller,
  plan,
  digest,
  onWhole,
}: Controlled & {
  readonly plan: EndPlan
  readonly digest: string | undefined
  readonly onWhole: (digest: string) => void
}) {
  const { controllerId, name } = controller
  const [received, setReceived] = useState(0)
  const fetching = useMutation({
    mutationFn: async () => {
      setReceived(0)
      const { bytes, entryId } = await download(
        `${pathOf(controllerId)}/return`,
        undefined,
        (count) => {
          if (count > mostBytes) throw tooLarge()
          setReceived(count)
        },
      )
      // What is not whole has no such digest, and nothing is destroyed for it.
      const found = await crypto.subtle.digest('SHA-256', await bytes.arrayBuffer())
      save(`${controllerId}.archive.json`, bytes)
      tell(`Given back: ${sizeText(bytes.size)}`, entryId)
      onWhole(hexOf(found))
    },
  })
  const reopen = useCall({
    deed: () => call('DELETE', `${pathOf(controllerId)}/offboard`),
    said: `${name} is open again`,
    renews: [keyOf('/v1/controllers')],
  })
  return (
    <>
      {plan.closedBy !== null && (
        <p className="soft">
          Closed by <ActorName id={plan.closedBy} />.
        </p>
      )}
      <div className="row">
        <May ask="vault.record.export">
          <Button
            tone={digest === undefined ? 'plain' : 'quiet'}
            pending={fetching.isPending}
            onClick={() => fetching.mutate()}
          >
            {!fetching.isPending && <Download aria-hidden />}
            {digest === undefined ? 'Fetch everything' : 'Fetch it again'}
          </Button>
        </May>
        <May ask="vault.controller.reopen">
          <Button
            tone="quiet"
            pending={reopen.isPending}
            disabled={fetching.isPending}
            onClick={() => reopen.mutate()}
          >
            Open it again
          </Button>
        </May>
        {fetching.isPending && <output className="soft">{sizeText(received)} received …</output>}
      </div>
      {digest !== undefined && (
        <p>
          The archive is on your disk, whole. Its SHA-256, which the house knows as well:{' '}
          <code className="digest">{digest}</code>
        </p>
      )}
      {wantsFresh(fetching.error) ? (
        <StepUp onShown={() => fetching.mutate()} />
      ) : (
        <ErrorNotice error={fetching.error} />
      )}
      <ErrorNotice error={reopen.error} />
    </>
  )
}

function Destroy({
  controller,
  plan,
  digest,
}: Controlled & { readonly plan: EndPlan; readonly digest: string | undefined }) {
  const { controllerId, name, state } = controller
  const [waiver, setWaiver] = useState('')
  const leave = useCall({
    deed: () =>
      call('POST', `${pathOf(controllerId)}/leave`, {
        body: {
          name,
          ...(digest === undefined ? {} : { archiveSha256: digest }),
          ...(digest !== undefined || waiver.trim() === '' ? {} : { waiver }),
        },
      }),
    said: `${name} has left; its data and keys are destroyed`,
    renews: [keyOf('/v1/controllers'), keyOf('/v1/keys')],
  })
  const isLeaving = state === 'leaving'
  return (
    <May ask="vault.controller.leave">
      {!isLeaving && digest === undefined && (
        <Field
          label="Or why nothing is given back"
          hint="What the controller chose, and where it says so: it goes into the entry"
        >
          {(control) => (
            <input
              {...control}
              value={waiver}
              maxLength={500}
              onChange={({ target }) => setWaiver(target.value)}
            />
          )}
        </Field>
      )}
      <div className="row">
        <ConfirmDialog
          verb={isLeaving ? 'Finish leaving' : 'Destroy its data and keys'}
          title={`Destroy ${counted(plan.subjects, 'subject')} of ${name} for ever?`}
          tone="danger"
          typed={name}
          disabled={!isLeaving && digest === undefined && waiver.trim() === ''}
          pending={leave.isPending}
          error={leave.error}
          onOpen={leave.reset}
          onConfirm={() => leave.mutateAsync()}
        >
          <p>
            {counted(plan.records, 'record')}, {counted(plan.files, 'file')} and the ring of keys
            are destroyed. Nothing brings them back: no backup, no recovery share. The trail keeps
            that it happened.
          </p>
          {digest === undefined && !isLeaving && (
            <p>
              Nothing is given back: <q>{waiver}</q>
            </p>
          )}
          {leave.isPending && <Progress controllerId={controllerId} of={plan.records} />}
        </ConfirmDialog>
      </div>
    </May>
  )
}

/** How much is gone: the house is asked while it destroys. */
function Progress({ controllerId, of }: { readonly controllerId: string; readonly of: number }) {
  const now = useQuery({
    ...ask<EndPlan>(`${pathOf(controllerId)}/offboard`),
    refetchInterval: 1_000,
  })
  const gone = Math.max(0, of - (now.data?.records ?? of))
  return (
    <div className="sent-bar">
      <progress aria-label="How much is destroyed" max={Math.max(1, of)} value={gone} />
      <span className="soft">
        {countText(gone)} of {counted(of, 'record')}
      </span>
    </div>
  )
}

/** It has left: what is kept is the proof. */
function Ended({ controller: { controllerId, name } }: Controlled) {
  const issue = useCall<void, ControllerCertificate>({
    deed: () => call('GET', `/v1/keys/certificates/${part(controllerId)}`),
    said: 'The certificate is issued',
  })
  const seen = issue.data?.value
  return (
    <section className="sheet stack" aria-label="End of the contract">
      <h2>The contract has ended</h2>
      <p>
        The data of {name} is erased and its keys are destroyed. The certificate says so, signed by
        the house, and is checked without it.
      </p>
      {seen !== undefined && (
        <p>
          Unreadable in the live system since <Time at={seen.certified.erasedAt} absolute />; gone
          from every backup by <Time at={seen.certified.goneFromBackupsBy} absolute />.
        </p>
      )}
      <May ask="keys.controller-certificate.read">
        <div className="row">
          <Button pending={issue.isPending} onClick={() => issue.mutate()}>
            Issue the certificate
          </Button>
          {seen !== undefined && (
            <Button
              tone="quiet"
              onClick={() =>
                save(
                  `certificate-${controllerId}.json`,
                  new Blob([JSON.stringify(seen, null, 1)], { type: 'application/json' }),
                )
              }
            >
              Save it
            </Button>
          )}
        </div>
        <ErrorNotice error={issue.error} />
      </May>
    </section>
  )
}

const hexOf = (bytes: ArrayBuffer): string =>
  Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('')

const tooLarge = () =>
  new Refused(
    0,
    'too-large',
    'This return is larger than a browser can check. Fetch it on a host: holdfast vault controller offboard',
  )
