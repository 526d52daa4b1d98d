/** What a device said of itself; null where the source could not tell, which is never a yes. */
export interface Posture {
  readonly diskEncrypted: boolean | null
  readonly firewall: boolean | null
  readonly malwareProtection: boolean | null
  readonly osSupported: boolean | null
  readonly reportedAt: Date | null
}

/** A report older than this says nothing about today. */
export const reportDays = 30

/** Whether a device is protected: every answer yes, and young enough. */
export const isProtected = (p: Posture, now: Date): boolean =>
  p.diskEncrypted === true &&
  p.firewall === true &&
  p.malwareProtection === true &&
  p.osSupported === true &&
  p.reportedAt !== null &&
  now.getTime() - p.reportedAt.getTime() <= reportDays * 86_400_000
