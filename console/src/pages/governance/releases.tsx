import type { Static } from 'typebox'
import type {
  NewRelease as NewReleaseShape,
  Releases as ReleasesShape,
} from '../../../../src/governance/wire.ts'
import { ActorName } from '../../actors.tsx'
import { useSelf } from '../../self.ts'
import { person } from '../../ui/form/choices.tsx'
import { jsonDocument } from '../../ui/form/documents.tsx'
import type { Form } from '../../ui/form/entry.ts'
import { dueDay, text } from '../../ui/form/entries.tsx'
import { FormDialog } from '../../ui/form/form-dialog.tsx'
import { counted } from '../../ui/figures.ts'
import { May } from '../../ui/may.tsx'
import { Register } from './register.tsx'
import { bounds, type RegisterState } from './shapes.ts'
import { useEntry } from './use-entry.ts'

type Release = Static<typeof ReleasesShape>['items'][number]
type NewRelease = Static<typeof NewReleaseShape>

/** What went out, and the evidence it went out with. */
export const Releases = ({ register }: { readonly register: RegisterState | undefined }) => (
  <Register<Release>
    bounds={bounds.releases}
    state={register}
    title="Releases and their evidence"
    lead="Review by another person, scan without errors, bill of materials: counted from the documents, not typed."
    heads={['Release', 'Review', 'Scan', 'Made of']}
    first="Hand in the evidence of the version that runs now."
    enter={
      <May ask="governance.release.enter">
        <Enter />
      </May>
    }
    renderCells={(release) => (
      <>
        <td>
          {release.version}
          <div className="soft">
            by <ActorName id={release.authorId} />
          </div>
        </td>
        <td>
          <ActorName id={release.reviewerId} />
          <div className="soft">{release.review}</div>
        </td>
        <td>
          {release.scanTool}
          <div className="soft">{counted(release.scanWarnings, 'warning')}, no error</div>
        </td>
        <td>
          {counted(release.sbomComponents, 'component')}
          <div className="soft">{release.sbomFormat}</div>
        </td>
      </>
    )}
  />
)

function Enter() {
  const enter = useEntry<NewRelease>('releases', 'The evidence was taken')
  const form: Form<NewRelease> = {
    version: text('Version', { most: 80 }),
    authorId: person('Author'),
    reviewerId: person('Reviewer', undefined, 'Another person than the author'),
    review: text('Where the review can be read', { most: 500 }),
    scan: jsonDocument('Scan', 'SARIF 2.1.0'),
    bill: jsonDocument('Bill of materials', 'CycloneDX, as JSON'),
    owner: person('Owner', useSelf()?.id),
    due: dueDay('Next one by', 90),
  }
  return (
    <FormDialog
      verb="Hand in a release"
      title="Hand in the evidence of a release"
      tone="plain"
      form={form}
      call={enter}
    />
  )
}
