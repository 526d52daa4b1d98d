import {
  type QueryKey,
  useMutation,
  type UseMutationResult,
  useQueryClient,
} from '@tanstack/react-query'
import { endsSession } from '../client.ts'
import type { Told } from '../api.ts'
import { selfQuery } from '../self.ts'
import { tell } from './tellings.tsx'

export interface CallPlan<Input, T> {
  readonly deed: (input: Input) => Promise<Told<T>>
  /** One sentence in the past tense for the strip: "Finding dismissed". */
  readonly said: string | ((value: T, input: Input) => string)
  /** What the write made old; it is read again before the button comes free. */
  readonly renews?: readonly QueryKey[]
}

/**
 * A write. Nothing is shown as done before the house has answered; then the strip tells of it with
 * the number of its trail entry.
 */
export function useCall<Input = void, T = unknown>({
  deed,
  said,
  renews = [],
}: CallPlan<Input, T>): UseMutationResult<Told<T>, Error, Input> {
  const client = useQueryClient()
  return useMutation({
    mutationFn: deed,
    async onSuccess(told, input) {
      tell(typeof said === 'string' ? said : said(told.value, input), told.entryId)
      await Promise.all(renews.map((queryKey) => client.invalidateQueries({ queryKey })))
    },
    onError(error) {
      if (endsSession(error)) void client.invalidateQueries(selfQuery)
    },
  })
}
