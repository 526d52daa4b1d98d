import { infiniteQueryOptions, type QueryKey, queryOptions } from '@tanstack/react-query'
import { get } from './api.ts'

export type Asked = Readonly<Record<string, string | number | boolean | undefined>>

export interface Page<T> {
  readonly items: readonly T[]
  readonly next?: string
}

/** The key of what was read at a path: its parts, so that the start of a path names all below it. */
export const keyOf = (path: string): QueryKey => path.split('/').filter((part) => part !== '')

/** Part of a path, whatever the address line gave for it. */
export const part = (text: string): string => encodeURIComponent(text)

/** One read of the API. */
export const ask = <T>(path: string, query: Asked = {}) =>
  queryOptions({
    queryKey: [...keyOf(path), query],
    queryFn: ({ signal }) => get<T>(withQuery(path, query), { signal }),
  })

/** A list read page by page, as far as somebody wants to see. */
export const askPages = <T>(path: string, query: Asked = {}) =>
  infiniteQueryOptions({
    queryKey: [...keyOf(path), query, 'pages'],
    queryFn: ({ signal, pageParam }) =>
      get<Page<T>>(withQuery(path, { ...query, after: pageParam }), { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }: Page<T>) => next,
  })

/** A whole list, for looking names up in it; ends after `mostPages`, so that no list is endless. */
export const askAll = <T>(path: string, query: Asked = {}) =>
  queryOptions({
    queryKey: [...keyOf(path), query, 'all'],
    queryFn: ({ signal }) => everyPage<T>(path, query, signal),
    staleTime: 60_000,
  })

const mostPages = 50

async function everyPage<T>(path: string, query: Asked, signal: AbortSignal): Promise<T[]> {
  const items: T[] = []
  let after: string | undefined
  for (let pages = 0; pages < mostPages; pages++) {
    const page = await get<Page<T>>(withQuery(path, { ...query, after }), { signal })
    items.push(...page.items)
    if (page.next === undefined) break
    after = page.next
  }
  return items
}

function withQuery(path: string, query: Asked): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  )
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`
}
