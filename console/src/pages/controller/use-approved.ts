import { useQuery } from '@tanstack/react-query'
import { ask } from '../../ask.ts'
import { mayAsk, useSelf } from '../../self.ts'
import { type ExportRequest, pathOf } from './shapes.ts'

/** The approval one has for exactly this export and has not used; undefined for none. */
export function useApproved(
  controllerId: string,
  purpose: string,
  categories: readonly string[],
): string | undefined {
  const self = useSelf()
  const requests = useQuery({
    ...ask<{ items: readonly ExportRequest[] }>(`${pathOf(controllerId)}/export-requests`),
    enabled: mayAsk(self, 'vault.export-request.list'),
  })
  const sorted = [...categories].sort().join()
  return requests.data?.items.find(
    (request) =>
      request.askedBy === self?.id &&
      request.approved === true &&
      request.usedAt === null &&
      request.purpose === purpose &&
      [...(request.categories ?? [])].sort().join() === sorted,
  )?.requestId
}
