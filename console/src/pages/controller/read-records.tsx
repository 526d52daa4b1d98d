import { Eye, EyeOff } from 'lucide-react'
import { Fragment, useState } from 'react'
import { call } from '../../api.ts'
import { part } from '../../ask.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { counted } from '../../ui/figures.ts'
import { May } from '../../ui/may.tsx'
import { State } from '../../ui/state.tsx'
import { EntryLink } from '../../ui/tellings.tsx'
import { Time } from '../../ui/time.tsx'
import { useCall } from '../../ui/use-call.ts'
import { RectifyRecord } from './rectify-record.tsx'
import { MaskedField, valueText } from './reveal-field.tsx'
import { type FoundSubject, isWhole, type PartProps, pathOf, type Subject } from './shapes.ts'

/** Opens a subject's records. That it was looked at stands in the trail before anything is shown. */
export function ReadRecords({
  controller,
  why,
  subject,
  isRestricted,
}: PartProps & { readonly subject: FoundSubject; readonly isRestricted: boolean }) {
  const read = useCall<void, Subject>({
    deed: () =>
      call('GET', `${pathOf(controller.controllerId)}/subjects/${part(subject.subjectId)}`, {
        purpose: why.purpose,
        reason: why.reason,
      }),
    said: ({ records }) => `Read ${counted(records.length, 'record')}`,
  })
  const told = read.data
  return (
    <div className="stack">
      <div className="row">
        <Button
          pending={read.isPending}
          disabled={!isWhole(why) || isRestricted}
          onClick={() => read.mutate()}
        >
          {told === undefined ? 'Read the records' : 'Read again'}
        </Button>
        {isRestricted && <span className="soft">Processing is restricted; nothing is shown.</span>}
        {!isRestricted && !isWhole(why) && (
          <span className="soft">Name a purpose and a reason first.</span>
        )}
        {told?.entryId !== undefined && (
          <span className="soft">
            Your look is <EntryLink entryId={told.entryId} />
          </span>
        )}
      </div>
      <ErrorNotice error={read.error} />
      {told !== undefined && (
        <Records controller={controller} why={why} subject={subject} read={told.value} />
      )}
    </div>
  )
}

const Records = ({
  read: { subjectKey, records },
  ...props
}: PartProps & { readonly subject: FoundSubject; readonly read: Subject }) => (
  <>
    <dl className="kv">
      <dt>Identifier of the controller</dt>
      <dd className="mono">{subjectKey}</dd>
    </dl>
    {records.length === 0 && (
      <p className="soft">No record of a category that this purpose may use.</p>
    )}
    {records.map((record) => (
      <OneRecord key={`${record.category} ${record.version}`} record={record} {...props} />
    ))}

    {records.some(({ masked }) => masked) && (
      <May ask="vault.field.reveal" otherwise={<HowToSee />}>
        {null}
      </May>
    )}
  </>
)

/** One record, and how to put it right. */
function OneRecord({
  record,
  ...props
}: PartProps & { readonly subject: FoundSubject; readonly record: Subject['records'][number] }) {
  const [corrected, setCorrected] = useState<{
    readonly version: number
    readonly entryId: string | undefined
  }>()
  return (
    <article className="record">
      <div className="row spread">
        <h3>{record.category}</h3>
        {record.masked ? (
          <State word="masked" tone="plain" icon={EyeOff} />
        ) : (
          <State word="in full" tone="warn" icon={Eye} />
        )}
      </div>
      <dl className="kv">
        {Object.entries(record.fields).map(([name, value]) => (
          <Fragment key={`${record.version} ${name}`}>
            <dt>{name}</dt>
            {record.masked ? (
              <MaskedField
                {...props}
                place={{ category: record.category, field: name }}
                masked={valueText(value)}
              />
            ) : (
              <dd>{valueText(value)}</dd>
            )}
          </Fragment>
        ))}
      </dl>
      <p className="soft">
        Version {record.version}, stored <Time at={record.storedAt} />, erased{' '}
        <Time at={record.eraseAfter} />
      </p>
      {corrected !== undefined && (
        <output>
          Put right since, as version {corrected.version}
          {corrected.entryId !== undefined && (
            <>
              {' '}
              in <EntryLink entryId={corrected.entryId} />
            </>
          )}
          . Read again to see it.
        </output>
      )}
      <May ask="vault.record.rectify">
        <div className="row">
          <RectifyRecord
            {...props}
            record={record}
            onCorrected={(version, entryId) => setCorrected({ version, entryId })}
          />
        </div>
      </May>
    </article>
  )
}

/** To whom every value stays masked, what would open one. */
const HowToSee = () => (
  <p className="soft">
    You see values masked. To reveal one takes a role that allows <code>vault.field.reveal</code>,
    such as privacy.
  </p>
)
