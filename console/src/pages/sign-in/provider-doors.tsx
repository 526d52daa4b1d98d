import { useMutation, useQuery } from '@tanstack/react-query'
import { Building2 } from 'lucide-react'
import type { Static } from 'typebox'
import type { Departed, ProviderNames } from '../../../../src/identity/providers/wire.ts'
import { get, post } from '../../api.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'

/** Where a person goes on to after the provider sent them back: kept in this tab only. */
export const afterKey = 'holdfast-after-provider'

/** Identity providers one can sign in by; nothing where none is trusted. */
export function ProviderDoors() {
  const names = useQuery({
    queryKey: ['v1', 'sessions', 'providers'],
    queryFn: ({ signal }) =>
      get<Static<typeof ProviderNames>>('/v1/sessions/providers', { signal }),
    staleTime: 60_000,
  })
  const depart = useMutation({
    async mutationFn(providerId: string) {
      const { url } = await post<Static<typeof Departed>>('/v1/sessions/provider-departure', {
        providerId,
      })
      const back = new URLSearchParams(globalThis.location.search).get('back') ?? '/'
      sessionStorage.setItem(afterKey, back)
      globalThis.location.assign(url)
    },
  })
  return (
    <>
      {names.data?.items.map(({ providerId, name }) => (
        <Button
          key={providerId}
          tone="quiet"
          pending={depart.isPending && depart.variables === providerId}
          disabled={depart.isPending}
          onClick={() => depart.mutate(providerId)}
        >
          <Building2 aria-hidden />
          Sign in with {name}
        </Button>
      ))}
      <ErrorNotice error={depart.error} />
    </>
  )
}
