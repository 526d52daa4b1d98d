/** What a lock can stand on. */
const lockKinds = ['person', 'workload', 'session', 'role', 'network', 'controller'] as const

export type LockKind = (typeof lockKinds)[number]

/** What is locked: an id, a role's name, or a network in CIDR form. */
export interface LockTarget {
  readonly kind: LockKind
  readonly id: string
}

/** Ids are written one way; a role is no id. */
export const isId = (text: string): boolean =>
  /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(text)
