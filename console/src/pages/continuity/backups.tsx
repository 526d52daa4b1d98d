import { useQuery } from '@tanstack/react-query'
import { useLive } from '../../attended.ts'
import { Command, Empty } from '../../ui/empty.tsx'
import { countText, sizeText } from '../../ui/figures.ts'
import { Section } from '../../ui/section.tsx'
import { State } from '../../ui/state.tsx'
import { DataTable } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { Loaded } from '../../ui/waiting.tsx'
import { type Backup, backups } from './shapes.ts'

/** Backups, newest first: where they lie and when they were last read back. */
export function Backups() {
  const list = useQuery({ ...backups, refetchInterval: useLive(60_000) })
  const newest = list.data?.items.find(({ state }) => state === 'finished')
  return (
    <Section
      title="Backups"
      lead={
        <>
          One is made by itself every night at 02:15 UTC.
          {newest !== undefined && newest.places < newest.ofPlaces && (
            <>
              {' '}
              The newest lies in {newest.places} of {newest.ofPlaces} places:{' '}
              <code>HOLDFAST_OFFSITE</code> names a second one, another disk or a mount.
            </>
          )}
        </>
      }
    >
      <Loaded query={list} what="Reading the backups">
        {({ items }) => (
          <DataTable
            caption="Backups"
            heads={[
              'Begun',
              'State',
              'Places',
              'Read back',
              { number: 'Rows' },
              { number: 'Size' },
              'File',
            ]}
            rows={items}
            keyOf={({ id }) => id}
            empty={
              <Empty title="There is no backup yet">
                <p>Make the first one with the button above, or on the host:</p>
                <Command>holdfast backup</Command>
              </Empty>
            }
          >
            {(backup) => (
              <>
                <td>
                  <Time at={backup.startedAt} />
                </td>
                <td>
                  <BackupState backup={backup} />
                </td>
                <td>
                  <Places backup={backup} />
                </td>
                <td>{backup.verifiedAt === null ? 'not yet' : <Time at={backup.verifiedAt} />}</td>
                <td className="number">{backup.rowCount !== null && countText(backup.rowCount)}</td>
                <td className="number">{backup.bytes !== null && sizeText(backup.bytes)}</td>
                <td>
                  <code>{backup.file}</code>
                  {backup.sha256 !== null && (
                    <div className="soft mono" title={backup.sha256}>
                      SHA-256 {backup.sha256.slice(0, 16)}…
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

function BackupState({ backup: { state, problem } }: { readonly backup: Backup }) {
  if (state === 'finished') return <State word="finished" tone="good" />
  if (state === 'running') return <State word="running" tone="plain" />
  return (
    <>
      <State word="failed" tone="bad" />
      {problem !== null && <p className="soft">{problem}</p>}
    </>
  )
}

/** One place is no second copy: fire and thieves take what stands together. */
function Places({ backup: { places, ofPlaces, state } }: { readonly backup: Backup }) {
  if (state !== 'finished') return null
  return <State word={`${places} of ${ofPlaces}`} tone={places < ofPlaces ? 'bad' : 'good'} />
}
