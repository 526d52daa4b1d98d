import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Static } from 'typebox'
import type { Persons, Workloads } from '../../src/identity/wire.ts'
import type { Controllers } from '../../src/vault/wire.ts'
import { askAll } from './ask.ts'
import { mayAsk, useSelf } from './self.ts'
import { shortId } from './ui/tellings.tsx'
import './ui/section.css'

export type Person = Static<typeof Persons>['items'][number]
export type Workload = Static<typeof Workloads>['items'][number]
export type ListedController = Static<typeof Controllers>['items'][number]

const persons = askAll<Person>('/v1/persons')
const workloads = askAll<Workload>('/v1/workloads')
const controllers = askAll<ListedController>('/v1/controllers')

/** Everybody there is, as far as one may look: names by id, for lists that know only ids. */
export function useActors() {
  const self = useSelf()
  const people = useQuery({ ...persons, enabled: mayAsk(self, 'identity.person.list') }).data ?? []
  const programs =
    useQuery({ ...workloads, enabled: mayAsk(self, 'identity.workload.list') }).data ?? []
  const nameOf = (id: string): string | undefined =>
    houseNames[id] ??
    (id === self?.id ? self.name : undefined) ??
    people.find(({ personId }) => personId === id)?.name ??
    programs.find(({ workloadId }) => workloadId === id)?.name
  return { people, programs, nameOf }
}

/** Controllers by id. */
export function useControllers() {
  const isAllowed = mayAsk(useSelf(), 'vault.controller.list')
  const { data, isSuccess } = useQuery({ ...controllers, enabled: isAllowed })
  const all = data ?? []
  const nameOf = (id: string): string | undefined =>
    all.find(({ controllerId }) => controllerId === id)?.name
  return { controllers: all, isReady: isSuccess, nameOf }
}

const houseNames: Readonly<Record<string, string>> = {
  house: 'the house',
  operator: 'operator on the host',
  anonymous: 'nobody known',
}

/** Who it was: the name where it is known, else the end of the id; the whole id on hover. */
export function ActorName({ id }: { readonly id: string }) {
  const name = useActors().nameOf(id)
  return (
    <span title={id} className={name === undefined ? 'mono actor-name' : 'actor-name'}>
      {name ?? shortId(id)}
    </span>
  )
}

/** A controller by its name, leading to its page. */
export function ControllerLink({ id }: { readonly id: string }) {
  const name = useControllers().nameOf(id)
  return (
    <Link
      to="/controllers/$controllerId/{-$part}"
      params={{ controllerId: id }}
      title={id}
      {...(name === undefined ? { className: 'actor-name mono' } : {})}
    >
      {name ?? shortId(id)}
    </Link>
  )
}
