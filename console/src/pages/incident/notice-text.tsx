import { useQuery } from '@tanstack/react-query'
import { ask } from '../../ask.ts'
import { countText } from '../../ui/figures.ts'
import { State } from '../../ui/state.tsx'
import { DataTable } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { Loaded } from '../../ui/waiting.tsx'
import { type Notice, noticePath } from './wire.ts'

/** The notice as the controller will read it, and how its delivery went. */
export function NoticeText({ noticeId }: { readonly noticeId: string }) {
  const notice = useQuery(ask<Notice>(noticePath(noticeId)))
  return (
    <Loaded query={notice} what="Reading the notice">
      {({ body, deliveries }) => (
        <div className="stack notice-text">
          <Five body={body} />
          <DataTable
            caption="Deliveries"
            heads={['Delivery', 'When', "Mail server's answer"]}
            rows={deliveries}
            keyOf={({ at, answer }) => `${at} ${answer}`}
            empty={null}
          >
            {({ at, outcome, answer }) => (
              <>
                <td>
                  <State word={outcome} tone={deliveryTones[outcome]} />
                </td>
                <td>
                  <Time at={at} absolute />
                </td>
                <td>{answer ?? ''}</td>
              </>
            )}
          </DataTable>
        </div>
      )}
    </Loaded>
  )
}

const deliveryTones = { accepted: 'good', failed: 'bad', withheld: 'plain' } as const

type Body = Notice['body']

const Five = ({ body }: { readonly body: Body }) => (
  <dl className="kv">
    <dt>Nature</dt>
    <dd>{body.nature}</dd>
    <dt>Data subjects</dt>
    <dd>
      {extentText(body.subjects)}
      {body.subjects.kinds.length > 0 && ` (${body.subjects.kinds.join(', ')})`}
    </dd>
    <dt>Records</dt>
    <dd>
      {extentText(body.records)}
      <ul>
        {body.records.categories.map(({ name, special, records }) => (
          <li key={name}>
            {name}
            {special && ' (special category)'}: {extentText(records)}
          </li>
        ))}
      </ul>
    </dd>
    <dt>Likely consequences</dt>
    <dd>{body.consequences}</dd>
    <dt>Measures taken</dt>
    <dd>
      <Lines lines={body.measures.taken} />
    </dd>
    <dt>Measures proposed</dt>
    <dd>
      <Lines lines={body.measures.proposed} />
    </dd>
    <dt>Contact point</dt>
    <dd>{[body.processor.name, body.processor.contactPoint].filter(Boolean).join(', ')}</dd>
    <dt>Times</dt>
    <dd>
      {timesOf(body.times).map(([name, at]) => (
        <div key={name}>
          {name} <Time at={at} absolute />
        </div>
      ))}
    </dd>
  </dl>
)

const Lines = ({ lines }: { readonly lines: readonly string[] }) =>
  lines.length === 0 ? (
    <span className="soft">none</span>
  ) : (
    <ul>
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  )

const extentText = ({ certain, possible }: { certain: number; possible: number }): string =>
  certain === possible
    ? `${countText(certain)} certainly`
    : `${countText(certain)} certainly, up to ${countText(possible)} possibly`

const timesOf = (times: Body['times']): [string, string][] =>
  (
    [
      ['First access', times.firstAccess],
      ['Last access', times.lastAccess],
      ['Detected', times.detected],
      ['Contained', times.contained],
      ['Counted', times.counted],
    ] as const
  ).flatMap(([name, at]): [string, string][] => (at === null ? [] : [[name, at]]))
