import { useState } from 'react'
import type { Static } from 'typebox'
import type { CertificateShape } from '../../../../src/keys/wire.ts'
import { useControllers } from '../../actors.tsx'
import { call } from '../../api.ts'
import { part } from '../../ask.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { Field } from '../../ui/field.tsx'
import { save } from '../../ui/save.ts'
import { Section } from '../../ui/section.tsx'
import { State } from '../../ui/state.tsx'
import { Time } from '../../ui/time.tsx'
import { useCall } from '../../ui/use-call.ts'

type Seen = Static<typeof CertificateShape>

/** The certificate of an erasure, as a file that is checked without the house. */
export function Certificates() {
  const { controllers } = useControllers()
  const [controller, setController] = useState('')
  const [subject, setSubject] = useState('')
  const path = [controller, subject].map((text) => text.trim()).filter((text) => text !== '')
  const issue = useCall<void, Seen>({
    deed: () => call<Seen>('GET', `/v1/keys/certificates/${path.map(part).join('/')}`),
    said: 'The certificate is issued',
  })
  const seen = issue.data?.value
  return (
    <Section
      title="Certificates of erasure"
      lead={
        <>
          Signed by the house, with proofs from the log: first that the live system cannot read it,
          later that no backup can. Whoever gets one checks it with{' '}
          <code>holdfast keys certificate check</code>, without this house.
        </>
      }
    >
      <form
        className="sheet stack"
        onSubmit={(event) => {
          event.preventDefault()
          issue.mutate()
        }}
      >
        <Field label="Controller" hint="Also one that has left">
          {(control) => (
            <select
              {...control}
              required
              value={controller}
              onChange={(event) => setController(event.target.value)}
            >
              <option value="">Choose …</option>
              {controllers.map(({ controllerId, name, state }) => (
                <option key={controllerId} value={controllerId}>
                  {name}
                  {state === 'left' ? ' (has left)' : ''}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label="Subject" hint="Its pseudonym; leave it empty for a controller that has left.">
          {(control) => (
            <input
              {...control}
              value={subject}
              onChange={(event) => setSubject(event.target.value)}
            />
          )}
        </Field>
        <ErrorNotice error={issue.error} />
        <div>
          <Button type="submit" tone="quiet" pending={issue.isPending}>
            Issue
          </Button>
        </div>
      </form>
      {seen !== undefined && (
        <div className="row">
          <State
            word={
              seen.certified.stage === 2
                ? 'gone from every backup'
                : 'unreadable in the live system'
            }
            tone={seen.certified.stage === 2 ? 'good' : 'plain'}
          />
          <span>
            backups: <Time at={seen.certified.goneFromBackupsBy} />
          </span>
          <Button
            tone="quiet"
            onClick={() =>
              save(
                'erasure-certificate.json',
                new Blob([JSON.stringify(seen, null, 1)], { type: 'application/json' }),
              )
            }
          >
            Save it
          </Button>
        </div>
      )}
    </Section>
  )
}
