import { hourMs, minuteMs } from '#ground'

/** The cookie's name; the server puts `__Host-` before it. */
export const sessionCookie = 'holdfast'

/** A cookie of ours out of a whole `Cookie` header. */
export function cookieIn(header: string | undefined, name: string): string | undefined {
  const prefix = `__Host-${name}=`
  return header
    ?.split(/;\s*/)
    .find((candidate) => candidate.startsWith(prefix))
    ?.slice(prefix.length)
}

/** Idle limits: shorter where a role of the person is privileged (NIST 800-63B-4 §5.2, ASVS 7.3.1). */
export const idleMinutes = { privileged: 15, others: 60 }

/** The idle limit of somebody with or without a privileged role, in minutes. */
export const idleMinutesOf = (privileged: boolean): number =>
  privileged ? idleMinutes.privileged : idleMinutes.others

/** However busy, a session ends this long after it was opened (ASVS 7.3.2). */
export const absoluteHours = 12

/** A session that has shown one factor has this long to show the second. */
export const halfMinutes = 10

/**
 * So many live sessions of one person, by assurance; the oldest beyond it ends (ASVS 7.1.2). Apart, so
 * that whoever knows a password alone ends no session of its owner's.
 */
export const mostSessions = { 1: 5, 2: 20 } as const

/** A passkey's challenge waits this long for its answer. */
export const challengeMinutes = 5

/** When a session opened at `startedAt` ends at the latest. */
export function expiryOf(startedAt: Date, assurance: 1 | 2): Date {
  const span = assurance === 1 ? halfMinutes * minuteMs : absoluteHours * hourMs
  return new Date(startedAt.getTime() + span)
}
