import { useQuery } from '@tanstack/react-query'
import type { Workload } from '../../actors.tsx'
import { call } from '../../api.ts'
import { ask, keyOf, type Page, part } from '../../ask.ts'
import { Command, Empty } from '../../ui/empty.tsx'
import { ConfirmDialog } from '../../ui/confirm.tsx'
import { May } from '../../ui/may.tsx'
import { Section } from '../../ui/section.tsx'
import { State } from '../../ui/state.tsx'
import { DataTable } from '../../ui/table.tsx'
import { Time, useNow } from '../../ui/time.tsx'
import { useCall } from '../../ui/use-call.ts'
import { Loaded } from '../../ui/waiting.tsx'
import { endOfDay } from '../../ui/form/among.tsx'
import type { Form } from '../../ui/form/entry.ts'
import { dueDay, whole } from '../../ui/form/entries.tsx'
import { FormDialog } from '../../ui/form/form-dialog.tsx'
import { Once } from '../../ui/once.tsx'
import { IssueCredential } from './issue-credential.tsx'
import type { Credential, Issued } from './shapes.ts'

/** By what a workload proves itself. Several may live side by side, so one is replaced without a pause. */
export function Credentials({ workload: { workloadId, name } }: { readonly workload: Workload }) {
  const path = `/v1/workloads/${part(workloadId)}/credentials`
  const credentials = useQuery(ask<Page<Credential>>(path))
  return (
    <Section
      title={`Credentials of ${name}`}
      does={
        <May ask="identity.credential.issue">
          <IssueCredential path={path} name={name} />
        </May>
      }
    >
      <Loaded query={credentials} what="Reading the credentials">
        {({ items }) => (
          <DataTable
            caption={`Credentials of ${name}`}
            heads={['Label', 'Issued', 'Last used', 'Ends', 'State', { unseen: 'Revoke' }]}
            rows={items}
            keyOf={({ credentialId }) => credentialId}
            empty={
              <Empty title="No credential yet">
                <p>Issue one above; its token is shown once. On the host:</p>
                <Command>{`holdfast identity credential issue ${workloadId} \\\n  --label first --expires-at 2027-12-31T00:00:00Z`}</Command>
              </Empty>
            }
          >
            {(credential) => (
              <>
                <td>{credential.label}</td>
                <td>
                  <Time at={credential.createdAt} />
                </td>
                <td>
                  {credential.lastUsedAt === null ? 'never' : <Time at={credential.lastUsedAt} />}
                </td>
                <td>
                  <Time at={credential.expiresAt} />
                </td>
                <td>
                  <CredentialState credential={credential} />
                </td>
                <td>
                  {credential.revokedAt === null && (
                    <div className="row">
                      <May ask="identity.credential.rotate">
                        <Rotate credential={credential} path={path} />
                      </May>
                      <May ask="identity.credential.revoke">
                        <Revoke credential={credential} path={path} />
                      </May>
                    </div>
                  )}
                </td>
              </>
            )}
          </DataTable>
        )}
      </Loaded>
    </Section>
  )
}

function CredentialState({
  credential: { revokedAt, expiresAt },
}: {
  readonly credential: Credential
}) {
  const now = useNow()
  if (revokedAt !== null) return <State word="revoked" tone="plain" />
  if (Date.parse(expiresAt) <= now) return <State word="expired" tone="plain" />
  return <State word="good" tone="good" />
}

interface Rotating {
  readonly lastDay: string
  readonly overlapMinutes: number
}

function Rotate({
  credential: { credentialId, label },
  path,
}: {
  readonly credential: Credential
  readonly path: string
}) {
  const rotate = useCall<Rotating, Issued>({
    deed: ({ lastDay, overlapMinutes }) =>
      call('POST', `/v1/credentials/${part(credentialId)}/rotate`, {
        body: { overlapMinutes, expiresAt: endOfDay(lastDay) },
      }),
    said: `A new token takes the place of ${label}`,
    renews: [keyOf(path)],
  })
  const form: Form<Rotating> = {
    lastDay: dueDay('The new one is good until', 90),
    overlapMinutes: whole('The old one goes on for minutes', { least: 1, most: 10_080, first: 60 }),
  }
  return (
    <FormDialog verb="Rotate" title={`Rotate the credential ${label}`} form={form} call={rotate}>
      {({ token }) => <Once label="Token, shown now and never again" text={token} />}
    </FormDialog>
  )
}

function Revoke({
  credential: { credentialId, label },
  path,
}: {
  readonly credential: Credential
  readonly path: string
}) {
  const revoke = useCall({
    deed: () => call('DELETE', `/v1/credentials/${part(credentialId)}`),
    said: `The credential ${label} is revoked`,
    renews: [keyOf(path)],
  })
  return (
    <ConfirmDialog
      verb="Revoke"
      title={`Revoke the credential ${label}?`}
      tone="danger"
      pending={revoke.isPending}
      error={revoke.error}
      onOpen={revoke.reset}
      onConfirm={() => revoke.mutateAsync()}
    >
      <p>The next request with it is refused. A revoked credential never works again.</p>
    </ConfirmDialog>
  )
}
