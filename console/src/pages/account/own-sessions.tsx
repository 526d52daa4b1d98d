import { useQuery } from '@tanstack/react-query'
import type { Static } from 'typebox'
import type { OwnSessions as Shape } from '../../../../src/identity/account-wire.ts'
import { call, get } from '../../api.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { StepUp, wantsFresh } from '../../ui/step-up.tsx'
import { State } from '../../ui/state.tsx'
import { DataTable } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { useCall } from '../../ui/use-call.ts'
import { Loaded } from '../../ui/waiting.tsx'
import { EndOthers } from './end-others.tsx'

type Sessions = Static<typeof Shape>
const queryKey = ['self', 'sessions']

/** Where one is signed in; each of them can be ended from here. */
export function OwnSessions() {
  const sessions = useQuery({
    queryKey,
    queryFn: ({ signal }) => get<Sessions>('/v1/self/sessions', { signal }),
  })
  const end = useCall<string>({
    deed: (sessionId) => call('DELETE', `/v1/self/sessions/${sessionId}`),
    said: 'Session ended',
    renews: [queryKey],
  })
  return (
    <section className="stack" aria-labelledby="sessions-head">
      <div className="row spread">
        <h2 id="sessions-head">Where you are signed in</h2>
        <EndOthers
          count={(sessions.data?.items ?? []).filter(({ current }) => !current).length}
          renewed={queryKey}
        />
      </div>
      {wantsFresh(end.error) ? (
        <StepUp onShown={() => end.variables !== undefined && end.mutate(end.variables)} />
      ) : (
        <ErrorNotice error={end.error} />
      )}
      <Loaded query={sessions} what="Reading your sessions">
        {({ items }) => (
          <DataTable
            caption="Your sessions"
            rows={items}
            keyOf={(session) => session.sessionId}
            empty={null}
            heads={[
              'From',
              'Began',
              'Last seen',
              'Ends',
              'Second factor',
              { unseen: 'End this session' },
            ]}
          >
            {({
              sessionId,
              current,
              address,
              agent,
              startedAt,
              lastSeenAt,
              expiresAt,
              assurance,
            }) => (
              <>
                <td>
                  <span className="mono">{address}</span>
                  {agent !== undefined && <div className="soft agent">{agent}</div>}
                </td>
                <td>
                  <Time at={startedAt} />
                </td>
                <td>
                  <Time at={lastSeenAt} />
                </td>
                <td>
                  <Time at={expiresAt} />
                </td>
                <td>
                  {assurance >= 2 ? (
                    <State word="shown" tone="good" />
                  ) : (
                    <State word="not shown" tone="warn" />
                  )}
                </td>
                <td>
                  {current ? (
                    <span className="soft">this one</span>
                  ) : (
                    <Button
                      tone="quiet"
                      pending={end.isPending && end.variables === sessionId}
                      onClick={() => end.mutate(sessionId)}
                    >
                      End
                    </Button>
                  )}
                </td>
              </>
            )}
          </DataTable>
        )}
      </Loaded>
    </section>
  )
}
