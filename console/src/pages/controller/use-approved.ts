import { useQuery } from '@tanstack/react-query'
import { ask } from '../../ask.ts'
import { useLive } from '../../attended.ts'
import { mayAsk, useSelf } from '../../self.ts'
import { useNow } from '../../ui/time.tsx'
import { type ExportRequest, pathOf } from './shapes.ts'

export const exportRequestsPath = (controllerId: string): string =>
  `${pathOf(controllerId)}/export-requests`

/** Exports that were asked for; asked anew of itself while one waits to be decided. */
export function useExportRequests(controllerId: string) {
  const live = useLive(10_000)
  return useQuery({
    ...ask<{ items: readonly ExportRequest[] }>(exportRequestsPath(controllerId)),
    enabled: mayAsk(useSelf(), 'vault.export-request.list'),
    refetchInterval: ({ state }) =>
      state.data?.items.some((request) => isOpen(request, Date.now())) === true && live,
  })
}

/** Whether somebody may still decide on it. */
export const isOpen = ({ approved, lapsesAt }: ExportRequest, now: number): boolean =>
  approved === null && now <= Date.parse(lapsesAt)

/** Whether what was approved may still begin. */
export const isGood = ({ usedAt, goodUntil }: ExportRequest, now: number): boolean =>
  usedAt === null && goodUntil !== null && now <= Date.parse(goodUntil)

/** The approval one has for exactly this export and can still use; undefined for none. */
export function useApproved(
  controllerId: string,
  purpose: string,
  categories: readonly string[],
): string | undefined {
  const self = useSelf()
  const now = useNow()
  const requests = useExportRequests(controllerId)
  const sorted = [...categories].sort().join()
  return requests.data?.items.find(
    (request) =>
      request.askedBy === self?.id &&
      isGood(request, now) &&
      request.purpose === purpose &&
      [...(request.categories ?? [])].sort().join() === sorted,
  )?.requestId
}
