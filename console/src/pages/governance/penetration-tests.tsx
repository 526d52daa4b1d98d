import type { Static } from 'typebox'
import type {
  NewPenetrationTest as NewPenetrationTestShape,
  PenetrationTests as PenetrationTestsShape,
} from '../../../../src/governance/wire.ts'
import { useSelf } from '../../self.ts'
import { Day } from '../../ui/day.tsx'
import { person } from '../../ui/form/choices.tsx'
import { digest } from '../../ui/form/documents.tsx'
import type { Form } from '../../ui/form/entry.ts'
import { dueDay, pastDay, text, whole } from '../../ui/form/entries.tsx'
import { FormDialog } from '../../ui/form/form-dialog.tsx'
import { countText } from '../../ui/figures.ts'
import { May } from '../../ui/may.tsx'
import { Register } from './register.tsx'
import { bounds, type RegisterState } from './shapes.ts'
import { useEntry } from './use-entry.ts'

type PenetrationTest = Static<typeof PenetrationTestsShape>['items'][number]
type NewPenetrationTest = Static<typeof NewPenetrationTestShape>

/** Engagements that are over, with the day by which the next one is due. */
export const PenetrationTests = ({
  register,
}: {
  readonly register: RegisterState | undefined
}) => (
  <Register<PenetrationTest>
    bounds={bounds['penetration-tests']}
    state={register}
    title="Penetration tests"
    lead="Each with its report’s SHA-256. What it found is entered under Vulnerabilities."
    heads={['Engagement', 'When', { number: 'Findings' }]}
    first="Enter the last engagement when it is over; its due day is the day of the next."
    enter={
      <May ask="governance.penetration-test.enter">
        <Enter />
      </May>
    }
    renderCells={({ engagement, tester, fromOn, untilOn, findings, reportSha256 }) => (
      <>
        <td>
          {engagement}
          <div className="soft">by {tester}</div>
          <div className="soft mono" title={reportSha256}>
            report {reportSha256.slice(0, 12)}…
          </div>
        </td>
        <td>
          <Day on={fromOn} /> to <Day on={untilOn} />
        </td>
        <td className="number">{countText(findings)}</td>
      </>
    )}
  />
)

function Enter() {
  const enter = useEntry<NewPenetrationTest>(
    'penetration-tests',
    'The penetration test was entered',
  )
  const form: Form<NewPenetrationTest> = {
    engagement: text('Engagement', { placeholder: 'Yearly test of the public surface' }),
    tester: text('Tester'),
    fromOn: pastDay('From'),
    untilOn: pastDay('Until'),
    findings: whole('Findings', { least: 0, most: 100_000 }),
    reportSha256: digest('Report'),
    owner: person('Owner', useSelf()?.id),
    due: dueDay('Next one by', 365, '400 days ahead at most'),
  }
  return (
    <FormDialog
      verb="Enter a test"
      title="Enter a penetration test"
      tone="plain"
      form={form}
      call={enter}
    />
  )
}
