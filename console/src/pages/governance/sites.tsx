import type { Static } from 'typebox'
import type {
  NewAttestation as NewAttestationShape,
  NewSite as NewSiteShape,
  Sites as SitesShape,
} from '../../../../src/governance/wire.ts'
import { ActorName } from '../../actors.tsx'
import { useSelf } from '../../self.ts'
import { Day } from '../../ui/day.tsx'
import { person, yes } from '../../ui/form/choices.tsx'
import { digest } from '../../ui/form/documents.tsx'
import { type Form, optional } from '../../ui/form/entry.ts'
import { choice, country, dueDay, long, text } from '../../ui/form/entries.tsx'
import { FormDialog } from '../../ui/form/form-dialog.tsx'
import { May } from '../../ui/may.tsx'
import { State } from '../../ui/state.tsx'
import { Register } from './register.tsx'
import { bounds, type RegisterState } from './shapes.ts'
import { useEntry, useStep } from './use-entry.ts'

type Site = Static<typeof SitesShape>['items'][number]
type NewSite = Static<typeof NewSiteShape>
type Attestation = Static<typeof NewAttestationShape>

const kinds: Readonly<Record<Site['kind'], string>> = {
  'data-centre': 'data centre',
  office: 'office',
  hoster: 'at a hoster',
}

/** Places where data is processed, and who signed how they are guarded. */
export const Sites = ({ register }: { readonly register: RegisterState | undefined }) => (
  <Register<Site>
    bounds={bounds.sites}
    state={register}
    title="Sites"
    lead="Nobody can measure a door from here: a person signs how it is guarded, and the signature expires."
    heads={['Site', 'Guarded', 'Signed']}
    first="Enter every place where the machines stand, then attest how each is guarded."
    enter={
      <May ask="governance.site.enter">
        <Enter />
      </May>
    }
    renderCells={(site) => (
      <>
        <td>
          {site.name} <span className="soft">({site.country})</span>
          <div className="soft">{kinds[site.kind]}</div>
        </td>
        <td>
          {site.biometricAccess === true && <div>biometric access</div>}
          {site.watched === true && <div>watched around the clock</div>}
          {site.statement !== undefined && <div className="soft">{site.statement}</div>}
        </td>
        <td>
          {site.attestedBy === undefined ? (
            <State word="not attested" tone="warn" />
          ) : (
            <>
              <ActorName id={site.attestedBy} />
              {site.expiresOn !== undefined && (
                <div className="soft">
                  until <Day on={site.expiresOn} />
                </div>
              )}
            </>
          )}
        </td>
      </>
    )}
    renderActs={(site) => (
      <May ask="governance.site.attest">
        <Attest site={site} />
      </May>
    )}
  />
)

function Enter() {
  const enter = useEntry<NewSite>('sites', 'The site was entered')
  const form: Form<NewSite> = {
    name: text('Name'),
    country: country(),
    kind: choice('Kind', kinds),
    owner: person('Owner', useSelf()?.id),
    due: dueDay('Attest by', 14),
  }
  return (
    <FormDialog verb="Enter a site" title="Enter a site" tone="plain" form={form} call={enter} />
  )
}

function Attest({ site: { id, name } }: { readonly site: Site }) {
  const attest = useStep<Attestation>(
    'sites',
    id,
    'attestations',
    `How ${name} is guarded is signed`,
  )
  const form: Form<Attestation> = {
    biometricAccess: yes('Access is biometric'),
    watched: yes('Watched around the clock'),
    statement: long('How it is guarded'),
    documentSha256: optional(digest('Report of the site')),
    expiresOn: dueDay('Counts until', 365, 'A year at most'),
  }
  return (
    <FormDialog
      verb="Attest"
      title={`Sign how ${name} is guarded`}
      lead="You sign it in your own name."
      form={form}
      call={attest}
    />
  )
}
