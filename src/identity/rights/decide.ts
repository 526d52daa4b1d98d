import type { Ask, Decision, Grant, May } from '#kernel'

/** What everybody who is known may do without a grant: see their own account, prove themselves, leave. */
const ownActions: readonly string[] = ['identity.self.*']

/** Doors of this room that stand open to a caller who has shown nothing. */
const openActions: readonly string[] = [
  'identity.enrolment.complete',
  'identity.enrolment.open',
  'identity.recovery.complete',
  'identity.recovery.open',
  'identity.session.challenge',
  'identity.session.depart',
  'identity.session.open',
]

/** An operator on the host administers; data subjects' data is not for them to see. */
const personalDataActions: readonly string[] = [
  'vault.record.read',
  'vault.record.reveal',
  'vault.record.export',
  'vault.attachment.list',
  'vault.attachment.read',
  'vault.subject.find',
  'vault.field.reveal',
  'vault.token.open',
  'vault.consent.read',
  'vault.request.answer',
  'vault.request.mail',
  'vault.request.read',
  'vault.subject.trail',
]

/**
 * Decides whether an actor may, given the actions open to everybody (see {@link openActionsOf}).
 *
 * Nothing is allowed but by a grant, and one grant must allow the whole ask: its action, its
 * controller or the house, its purpose and all its categories. A grant confined to controllers
 * never reaches the house; one confined to purposes allows nothing that names no purpose. An ask
 * that names no category asks for none in particular, so the act asks again for those it meets.
 *
 * `assurance: 0` alone opens nothing: an act that asks for more in passing asks with 0.
 */
export function mayWith(open: Iterable<string>): May {
  const isOpen = new Set([...openActions, ...open])
  return (actor, ask) => {
    if (actor.kind === 'house') return allowedBy('house')
    if (ask.assurance === 0 && isOpen.has(ask.action)) return allowedBy('open')
    if (actor.kind === 'operator') return operatorMay(ask)
    if (actor.kind === 'anonymous') return notSignedIn
    // Before any look at grants: half a session learns nothing of what a whole one could do.
    if (actor.kind === 'person' && actor.assurance < ask.assurance) return secondFactorRequired
    if (matches(ownActions, ask.action)) return allowedBy('own')
    if (actor.kind === 'workload' && isForPersons(ask.action)) return personsOnly
    if (ask.scope !== 'house' && actor.closed?.includes(ask.scope.controllerId) === true)
      return controllerLocked
    const grant = firstAllowing(actor.grants, ask)
    return grant === undefined ? notPermitted(ask) : allowedBy(grant.id)
  }
}

/** {@link mayWith} for identity's own open doors alone. */
export const may: May = mayWith([])

/** The actions of routes that let anybody in (`assurance: 0`), for {@link mayWith}. */
export function openActionsOf(
  routes: Iterable<{ readonly action: string; readonly assurance?: number }>,
): string[] {
  return [...routes].filter((route) => route.assurance === 0).map((route) => route.action)
}

/** More grants than this in one hand are looked up, not walked. */
const fewGrants = 8

interface Placed {
  readonly place: number
  readonly grant: Grant
}

/** The grants among many that allow an action, by what they are confined to. */
interface Shelf {
  readonly anywhere: readonly Placed[]
  readonly byController: ReadonlyMap<string, readonly Placed[]>
}

/** Kept as long as the list of grants is: whoever changes rights makes a new list. */
const shelves = new WeakMap<readonly Grant[], Map<string, Shelf>>()

/** The first of an actor's grants that allows an ask by itself. */
export function firstAllowing(
  grants: readonly Grant[],
  ask: Omit<Ask, 'assurance'>,
): Grant | undefined {
  if (grants.length <= fewGrants) return grants.find((candidate) => grantAllows(candidate, ask))
  const { anywhere, byController } = shelfOf(grants, ask.action)
  const free = anywhere.find(({ grant }) => allowsWhy(grant, ask))
  const { scope } = ask
  const confined =
    scope === 'house'
      ? undefined
      : byController.get(scope.controllerId)?.find(({ grant }) => allowsWhy(grant, ask))
  if (confined === undefined) return free?.grant
  return free === undefined || confined.place < free.place ? confined.grant : free.grant
}

function shelfOf(grants: readonly Grant[], action: string): Shelf {
  let byAction = shelves.get(grants)
  if (byAction === undefined) shelves.set(grants, (byAction = new Map()))
  let shelf = byAction.get(action)
  if (shelf === undefined) byAction.set(action, (shelf = newShelf(grants, action)))
  return shelf
}

function newShelf(grants: readonly Grant[], action: string): Shelf {
  const anywhere: Placed[] = []
  const byController = new Map<string, Placed[]>()
  for (const [place, grant] of grants.entries()) {
    if (!matches(grant.actions, action)) continue
    if (grant.controllers === null) anywhere.push({ place, grant })
    for (const id of grant.controllers ?? []) {
      const own = byController.get(id)
      if (own === undefined) byController.set(id, [{ place, grant }])
      else own.push({ place, grant })
    }
  }
  return { anywhere, byController }
}

/** Whether one grant by itself allows an ask. */
export function grantAllows(grant: Grant, ask: Omit<Ask, 'assurance'>): boolean {
  const { action, scope } = ask
  return (
    matches(grant.actions, action) &&
    (grant.controllers === null ||
      (scope !== 'house' && grant.controllers.includes(scope.controllerId))) &&
    allowsWhy(grant, ask)
  )
}

/** Whether purpose and categories of an ask lie within what a grant is confined to. */
function allowsWhy(grant: Grant, { purpose, categories = [] }: Omit<Ask, 'assurance'>): boolean {
  return (
    (grant.purposes === null || (purpose !== undefined && grant.purposes.includes(purpose))) &&
    (grant.categories === null || categories.every((name) => grant.categories!.includes(name)))
  )
}

/** Whether an action is among the patterns: its own name, a prefix ending in `.*`, or `*`. */
export function matches(patterns: readonly string[], action: string): boolean {
  return patterns.some((pattern) =>
    pattern.endsWith('*') ? action.startsWith(pattern.slice(0, -1)) : pattern === action,
  )
}

/**
 * Rights and keys are changed by people with a second factor, whatever a workload was granted: a
 * stolen credential must not be able to make itself another. A directory (`identity.scim-*`) is a
 * workload: its acts ask whether people named it one, and give nothing beyond what people mapped.
 */
export const isForPersons = (action: string): boolean =>
  /^(?:identity\.(?!scim-)|keys\.)/.test(action) && !/\.(?:read|list|who)$/.test(action)

function operatorMay({ action }: Ask): Decision {
  return personalDataActions.includes(action) ? operatorSeesNoData : allowedBy('operator')
}

const allowedBy = (grantId: string): Decision => ({ allowed: true, grantId })

const operatorSeesNoData: Decision = {
  allowed: false,
  code: 'identity.operator-sees-no-data',
  message: 'An operator on the host administers, but reads no personal data. Sign in as a person.',
}

const notSignedIn: Decision = {
  allowed: false,
  code: 'identity.not-signed-in',
  message: 'Sign in, or send a credential.',
}

const secondFactorRequired: Decision = {
  allowed: false,
  code: 'identity.second-factor-required',
  message: 'This session has not shown a second factor.',
}

const personsOnly: Decision = {
  allowed: false,
  code: 'identity.persons-only',
  message: 'Rights and keys are changed by people, in a session with a second factor.',
}

const controllerLocked: Decision = {
  allowed: false,
  code: 'identity.controller-locked',
  message: 'This controller is locked: nothing is read or written for it until the lock is lifted.',
}

const notPermitted = ({ action }: Ask): Decision => ({
  allowed: false,
  code: 'identity.not-permitted',
  message: `No grant allows ${action} here.`,
})
