import { counted, named, type Sighting, suspectKey, suspectOf } from './finding.ts'
import { tracesOf, type Watched } from './watched.ts'

/** Acts that open what is otherwise shut. Each is allowed, and each is looked at by somebody else. */
const openings: Readonly<Record<string, { rule: 'break-glass' | 'recovery'; what: string }>> = {
  'identity.self.confirm-break-glass': {
    rule: 'break-glass',
    what: 'confirmed break-glass access: a role is held for an hour that nobody approved.',
  },
  'identity.recovery.complete': {
    rule: 'recovery',
    what: 'came back into an account by a link of recovery, with another password: its owner must say so.',
  },
}

/**
 * Break-glass that was opened, and accounts that were let back in. Worth a look, and no more: both are
 * for the day when nothing else goes, so nobody is cut off for them.
 */
export function openedSightings(entries: readonly Watched[]): Sighting[] {
  const opened = entries.filter(({ action, outcome }) => outcome === 'done' && action in openings)
  const bySuspect = Map.groupBy(
    opened,
    (entry) => `${entry.action} ${suspectKey(suspectOf(entry))}`,
  )
  return [...bySuspect.values()].map((own) => {
    const [first] = own
    const { rule, what } = openings[first!.action]!
    const suspect = suspectOf(first!)
    const often = own.length === 1 ? '' : ` This happened ${counted(own.length, 'time')}.`
    return {
      rule,
      severity: 'medium',
      ...suspect,
      controllerId: null,
      sentence: `${named(suspect)} ${what}${often}`,
      facts: { action: first!.action, entries: own.length },
      weight: own.length,
      hour: null,
      traces: tracesOf(own),
    }
  })
}
