/** What an act did with the records it touched. Reading is not exporting, and neither is changing. */
export type AccessKind = 'read' | 'exported' | 'written' | 'erased'

/** In the order of their bits in a scope's masks. */
export const accessKinds: readonly AccessKind[] = ['read', 'exported', 'written', 'erased']

const verbs: Readonly<Record<string, AccessKind>> = {
  export: 'exported',
  download: 'exported',
  put: 'written',
  import: 'written',
  write: 'written',
  plant: 'written',
  update: 'written',
  replace: 'written',
  erase: 'erased',
  leave: 'erased',
  delete: 'erased',
}

/**
 * The kind of an action `<room>.<thing>.<verb>`, by its verb. A verb we do not know counts as read:
 * an unknown access is a disclosure until somebody shows that it was not.
 */
export function accessKind(action: string): AccessKind {
  return verbs[action.slice(action.lastIndexOf('.') + 1)] ?? 'read'
}

/** Whether personal data left by such an act. */
export const discloses = (kind: AccessKind): boolean => kind === 'read' || kind === 'exported'
