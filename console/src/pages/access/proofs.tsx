import { useQuery } from '@tanstack/react-query'
import type { Workload } from '../../actors.tsx'
import { call } from '../../api.ts'
import { ask, keyOf, type Page, part } from '../../ask.ts'
import { ConfirmDialog } from '../../ui/confirm.tsx'
import { Command, Empty } from '../../ui/empty.tsx'
import { endOfDay } from '../../ui/form/among.tsx'
import { type Form, optional, starting } from '../../ui/form/entry.ts'
import { dueDay, long, names, text, whole } from '../../ui/form/entries.tsx'
import { FormDialog } from '../../ui/form/form-dialog.tsx'
import { May } from '../../ui/may.tsx'
import { Once } from '../../ui/once.tsx'
import { Section } from '../../ui/section.tsx'
import { State } from '../../ui/state.tsx'
import { DataTable } from '../../ui/table.tsx'
import { Time, useNow } from '../../ui/time.tsx'
import { useCall } from '../../ui/use-call.ts'
import { Loaded } from '../../ui/waiting.tsx'
import type { Certificate, PublicKey } from './shapes.ts'

interface Proof {
  readonly expiresAt: string
  readonly revokedAt: string | null
}

function ProofState({ proof: { revokedAt, expiresAt } }: { readonly proof: Proof }) {
  const now = useNow()
  if (revokedAt !== null) return <State word="revoked" tone="plain" />
  if (Date.parse(expiresAt) <= now) return <State word="expired" tone="plain" />
  return <State word="good" tone="good" />
}

/** Public keys of a workload: it signs an assertion with the private half, and gets a short token. */
export function Keys({ workload: { workloadId, name } }: { readonly workload: Workload }) {
  const path = `/v1/workloads/${part(workloadId)}/keys`
  const keys = useQuery(ask<Page<PublicKey>>(path))
  return (
    <Section
      title={`Keys of ${name}`}
      lead="Stronger than a secret: the private key never leaves the workload. It signs an assertion (RFC 7523) and gets a token for ten minutes."
      does={
        <May ask="identity.workload-key.register">
          <Register path={path} name={name} />
        </May>
      }
    >
      <Loaded query={keys} what="Reading the keys">
        {({ items }) => (
          <DataTable
            caption={`Keys of ${name}`}
            heads={['Label', 'Algorithm', 'Last used', 'Ends', 'State', { unseen: 'Revoke' }]}
            rows={items}
            keyOf={({ keyId }) => keyId}
            empty={
              <Empty title="No key yet">
                <p>Register the public half of a pair the workload made. It then asks here:</p>
                <Command>
                  {'POST /v1/token\ngrant_type=client_credentials&client_assertion=…'}
                </Command>
              </Empty>
            }
          >
            {(key) => (
              <>
                <td>
                  {key.label}
                  <div className="soft mono">{key.thumbprint.slice(0, 12)}…</div>
                </td>
                <td>{key.algorithm}</td>
                <td>{key.lastUsedAt === null ? 'never' : <Time at={key.lastUsedAt} />}</td>
                <td>
                  <Time at={key.expiresAt} />
                </td>
                <td>
                  <ProofState proof={key} />
                </td>
                <td>
                  {key.revokedAt === null && (
                    <May ask="identity.workload-key.revoke">
                      <Revoke
                        url={`/v1/workload-keys/${part(key.keyId)}`}
                        what={`the key ${key.label}`}
                        path={path}
                      />
                    </May>
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

function Revoke({
  url,
  what,
  path,
}: {
  readonly url: string
  readonly what: string
  readonly path: string
}) {
  const revoke = useCall({
    deed: () => call('DELETE', url),
    said: `Revoked ${what}`,
    renews: [keyOf(path)],
  })
  return (
    <ConfirmDialog
      verb="Revoke"
      title={`Revoke ${what}?`}
      tone="danger"
      pending={revoke.isPending}
      error={revoke.error}
      onOpen={revoke.reset}
      onConfirm={() => revoke.mutateAsync()}
    >
      <p>The next request with it is refused, and so are tokens it got.</p>
    </ConfirmDialog>
  )
}

interface Registering {
  readonly label: string
  readonly jwk: string
  readonly lastDay: string
}

function Register({ path, name }: { readonly path: string; readonly name: string }) {
  const register = useCall<Registering>({
    deed: ({ label, jwk, lastDay }) =>
      call('POST', path, { body: { label, jwk: parsed(jwk), expiresAt: endOfDay(lastDay) } }),
    said: `A key of ${name} was registered`,
    renews: [keyOf(path)],
  })
  const form: Form<Registering> = {
    label: text('Label', { most: 100 }),
    jwk: long('Public key as JWK', {
      placeholder: '{"kty":"OKP","crv":"Ed25519","x":"…"}',
      hint: 'Ed25519, P-256 or RSA; never the private half',
    }),
    lastDay: dueDay('Good until', 180, 'A year at most'),
  }
  return (
    <FormDialog
      verb="Register a key"
      title={`Register a public key of ${name}`}
      form={form}
      call={register}
    />
  )
}

/** What is no JSON goes as it is: the house says what is wrong with it. */
function parsed(jwk: string): unknown {
  try {
    return JSON.parse(jwk)
  } catch {
    return { kty: 'unreadable' }
  }
}

/** Certificates of a workload, by which it comes in at its own listener (mTLS) and renews them by itself. */
export function Certificates({ workload: { workloadId, name } }: { readonly workload: Workload }) {
  const path = `/v1/workloads/${part(workloadId)}/certificates`
  const certificates = useQuery(ask<Page<Certificate>>(path))
  return (
    <Section
      title={`Certificates of ${name}`}
      lead="Short, from our own authority, for the listener of workloads (HOLDFAST_WORKLOAD_PORT). A workload renews its own before it ends."
      does={
        <May ask="identity.certificate.issue">
          <IssueCertificate path={path} name={name} />
        </May>
      }
    >
      <Loaded query={certificates} what="Reading the certificates">
        {({ items }) => (
          <DataTable
            caption={`Certificates of ${name}`}
            heads={['Fingerprint', 'Issued', 'Last used', 'Ends', 'State', { unseen: 'Revoke' }]}
            rows={items}
            keyOf={({ certificateId }) => certificateId}
            empty={
              <Empty title="No certificate yet">
                <p>The workload makes a request; its private key stays where it is:</p>
                <Command>
                  {
                    'openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 \\\n  -nodes -keyout workload.key -subj /CN=workload'
                  }
                </Command>
              </Empty>
            }
          >
            {(certificate) => (
              <>
                <td className="mono">{certificate.fingerprint.slice(0, 12)}…</td>
                <td>
                  <Time at={certificate.issuedAt} />
                </td>
                <td>
                  {certificate.lastUsedAt === null ? 'never' : <Time at={certificate.lastUsedAt} />}
                </td>
                <td>
                  <Time at={certificate.expiresAt} />
                </td>
                <td>
                  <ProofState proof={certificate} />
                </td>
                <td>
                  {certificate.revokedAt === null && (
                    <May ask="identity.certificate.revoke">
                      <Revoke
                        url={`/v1/certificates/${part(certificate.certificateId)}`}
                        what="this certificate"
                        path={path}
                      />
                    </May>
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

interface Certifying {
  readonly csr: string
  readonly hours: number
}

function IssueCertificate({ path, name }: { readonly path: string; readonly name: string }) {
  const issue = useCall<Certifying, { certificate: string; authority: string }>({
    deed: (body) => call('POST', path, { body }),
    said: `A certificate of ${name} was issued`,
    renews: [keyOf(path)],
  })
  const form: Form<Certifying> = {
    csr: long('Certificate request', {
      most: 16_384,
      placeholder: '-----BEGIN CERTIFICATE REQUEST-----',
      hint: 'PKCS#10 in PEM; only its public key counts',
    }),
    hours: whole('Good for how many hours', { least: 1, most: 168, first: 24 }),
  }
  return (
    <FormDialog
      verb="Issue a certificate"
      title={`Issue a certificate to ${name}`}
      form={form}
      call={issue}
    >
      {({ certificate, authority }) => (
        <>
          <Once label="Certificate" text={certificate} />
          <Once label="Our authority" text={authority} />
        </>
      )}
    </FormDialog>
  )
}

interface Bounding {
  readonly networks?: string[]
  readonly purposes?: string[]
}

/** Where a workload may call from, and for which purposes, whatever its grants say. */
export function Bounds({ workload }: { readonly workload: Workload }) {
  const { workloadId, name, networks, purposes } = workload
  const bind = useCall<Bounding>({
    deed: (body) =>
      call('PUT', `/v1/workloads/${part(workloadId)}/bounds`, {
        body: {
          networks: body.networks?.length ? body.networks : null,
          purposes: body.purposes?.length ? body.purposes : null,
        },
      }),
    said: `${name} is bound`,
    renews: [keyOf('/v1/workloads')],
  })
  const form: Form<Bounding> = {
    networks: optional(
      starting(
        names('Only from networks', 'CIDR, separated by commas; empty: from anywhere'),
        networks ?? undefined,
      ),
    ),
    purposes: optional(
      starting(
        names('Only for purposes', 'Separated by commas; empty: any'),
        purposes ?? undefined,
      ),
    ),
  }
  return (
    <Section
      title={`Bounds of ${name}`}
      does={
        <May ask="identity.workload.bind">
          <FormDialog verb="Change" title={`Bind ${name}`} form={form} call={bind} />
        </May>
      }
    >
      <section className="sheet">
        <dl className="kv">
          <dt>Environment</dt>
          <dd>{workload.environment}; refused in any other</dd>
          <dt>Networks</dt>
          <dd>{networks === null ? 'from anywhere' : networks.join(', ')}</dd>
          <dt>Purposes</dt>
          <dd>{purposes === null ? 'any its grants allow' : purposes.join(', ')}</dd>
        </dl>
      </section>
    </Section>
  )
}
