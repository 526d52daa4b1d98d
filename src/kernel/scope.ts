import type { Act } from './act.ts'

/** Whose data an act concerns: one controller's, or the whole house. */
export type Scope = { readonly controllerId: string } | 'house'

/**
 * The controller an act is confined to. What was checked at the threshold is what is used here:
 * no act takes a controller from anywhere else.
 *
 * @throws {TypeError} when the act is the house's own; that is a fault in our code.
 */
export function controllerOf({ scope }: Act): string {
  if (scope === 'house') throw new TypeError('this act belongs to no controller')
  return scope.controllerId
}
