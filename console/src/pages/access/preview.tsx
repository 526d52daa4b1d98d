import { useQuery } from '@tanstack/react-query'
import { ActorName } from '../../actors.tsx'
import { call } from '../../api.ts'
import { counted } from '../../ui/figures.ts'
import { State } from '../../ui/state.tsx'
import { Actions } from './grant-table.tsx'
import type { Preview } from './shapes.ts'

/** What a change of rights would do, while it is still being typed. Nothing is changed by asking. */
export function RightsPreview({ path, body }: { readonly path: string; readonly body: object }) {
  const preview = useQuery({
    queryKey: ['preview', path, JSON.stringify(body)],
    queryFn: async () => (await call<Preview>('POST', path, { body })).value,
    retry: false,
    staleTime: 10_000,
  })
  const found = preview.data
  return (
    <div className="preview" aria-live="polite">
      <strong>What this does</strong>
      {found === undefined ? (
        <p className="soft">{preview.error?.message ?? 'Looking …'}</p>
      ) : (
        <Found preview={found} />
      )}
    </div>
  )
}

const Found = ({ preview: { differences, broken, conflicts } }: { readonly preview: Preview }) => (
  <>
    {differences.length === 0 && <p className="soft">Nobody gains or loses anything by it.</p>}
    {differences.slice(0, 20).map(({ actorId, actorName, gains, losses }) => (
      <details key={actorId} className="actions-of">
        <summary>
          {actorName ?? <ActorName id={actorId} />}{' '}
          {gains.length > 0 && `gains ${counted(gains.length, 'action')}`}
          {gains.length > 0 && losses.length > 0 && ', '}
          {losses.length > 0 && `loses ${counted(losses.length, 'action')}`}
        </summary>
        {gains.length > 0 && <Actions actions={gains} />}
        {losses.length > 0 && (
          <>
            <p className="soft">Loses</p>
            <Actions actions={losses} />
          </>
        )}
      </details>
    ))}
    {differences.length > 20 && <p className="soft">and {differences.length - 20} more</p>}
    {broken.map(({ policyTestId, sentence }) => (
      <p key={policyTestId}>
        <State word="refused" tone="bad" /> It would break “{sentence}”.
      </p>
    ))}
    {conflicts.map(({ roleA, roleB, why }) => (
      <p key={`${roleA} ${roleB}`}>
        <State word="refused" tone="bad" /> Nobody may hold {roleA} and {roleB} at once: {why}
      </p>
    ))}
  </>
)
