import { client } from './client.ts'
import { call } from './api.ts'
import { forget, remember } from './presence.ts'
import { selfQuery } from './self.ts'

/** After a door opened: who is it now? Nothing read before is kept. */
export async function entered(): Promise<void> {
  remember()
  client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== selfQuery.queryKey[0] })
  await client.fetchQuery({ ...selfQuery, staleTime: 0 })
}

/** Ends the session, and forgets everything that was read in it. */
export async function leave(): Promise<void> {
  await call('DELETE', '/v1/sessions/current')
  forget()
  client.clear()
  client.setQueryData(selfQuery.queryKey, null)
}
