import { useQuery } from '@tanstack/react-query'
import { ask } from '../../ask.ts'

export interface KnownAction {
  readonly action: string
  readonly summary: string
}

interface Description {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { 'x-action': string; summary: string }>>>
  >
}

/** Rights that are asked for beside an operation, and so stand in no address of the API. */
const beside: readonly KnownAction[] = [
  { action: 'vault.record.reveal', summary: 'See values in full instead of masked' },
  { action: 'trail.log.walk', summary: 'Walk the tiles of a log' },
]

/** Every action there is, by the house's own description of its API. */
export function useActions(): readonly KnownAction[] {
  const description = useQuery({ ...ask<Description>('/openapi.json'), staleTime: Infinity })
  const known = new Map(beside.map((each) => [each.action, each]))
  for (const methods of Object.values(description.data?.paths ?? {}))
    for (const { 'x-action': action, summary } of Object.values(methods))
      known.set(action, { action, summary })
  return [...known.values()].toSorted((a, b) => a.action.localeCompare(b.action))
}
