import type { ActRoute, Route } from '#kernel'
import { demandFresh } from './fresh.ts'

/**
 * What gives somebody else rights, widens or opens them, or lifts what keeps them from being used: a person
 * shows a second factor for it again (ASVS 7.5.3). A session left open then gives nobody anything.
 *
 * What takes rights away wants none: whoever stops somebody must not have to look for a telephone first.
 * Recovery and one's own factors ask for it in their acts.
 */
export const freshActions: ReadonlySet<string> = new Set([
  'identity.break-glass.designate',
  'identity.certificate.issue',
  'identity.conflict.remove',
  'identity.credential.issue',
  'identity.credential.rotate',
  'identity.enrolment.create',
  'identity.grant.create',
  'identity.lock.lift',
  'identity.person.enable',
  'identity.policy.remove',
  'identity.provider.add',
  'identity.provider.direct',
  'identity.provider.map',
  'identity.request.approve',
  'identity.role.change',
  'identity.role.create',
  'identity.workload-key.register',
  'identity.workload.bind',
  'identity.workload.enable',
])

/** Routes, of which those of {@link freshActions} begin each act with the demand for a fresh second factor. */
export function wantingFresh(routes: readonly Route[]): Route[] {
  return routes.map((route): Route => {
    if (!freshActions.has(route.action)) return route
    if (!('flow' in route)) {
      const asking: ActRoute = {
        ...route,
        async handle(act, parts) {
          demandFresh(act)
          return route.handle(act, parts)
        },
      }
      return asking
    }
    return {
      ...route,
      handle: (cross, parts, world) =>
        route.handle(
          (deed, effect) =>
            cross(async (act) => {
              demandFresh(act)
              return deed(act)
            }, effect),
          parts,
          world,
        ),
    }
  })
}
