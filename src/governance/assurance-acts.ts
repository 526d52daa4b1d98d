import { newId } from '#ground'
import type { Act } from '#kernel'
import { insertPenetrationTest, insertRelease, type NewPenetrationTest } from './assurance-store.ts'
import type { Day } from './day.ts'
import { demandAhead, demandOrder, demandPast } from './demand.ts'
import {
  billUnreadable,
  releaseExists,
  reviewByAuthor,
  scanHasErrors,
  scanUnreadable,
} from './refusals.ts'
import { billOf, scanOf } from './release.ts'

/** Enters a penetration test that is over, with its report's hash and the day the next one is due. */
export async function enterPenetrationTest(
  act: Act,
  t: NewPenetrationTest,
): Promise<{ id: string }> {
  demandPast('fromOn', t.fromOn, act.now)
  demandPast('untilOn', t.untilOn, act.now)
  demandOrder('fromOn', t.fromOn, 'untilOn', t.untilOn)
  demandAhead('due', t.due, act.now, 400)
  const id = newId()
  await insertPenetrationTest(act.sql, { ...t, id, now: act.now })
  act.tell({ penetrationTestId: id, engagement: t.engagement, findings: t.findings })
  return { id }
}

export interface ReleaseEvidence {
  readonly version: string
  readonly authorId: string
  readonly reviewerId: string
  /** Where the review stands to be read. */
  readonly review: string
  /** SARIF 2.1.0. */
  readonly scan: unknown
  /** CycloneDX. */
  readonly bill: unknown
  readonly owner: string
  readonly due: Day
}

/**
 * Takes a release's evidence: review by another person, scan, bill of materials. What can be
 * counted is counted from the documents, not typed.
 *
 * @throws {Refusal} `governance.review-by-author`, `governance.scan-unreadable`,
 *   `governance.scan-has-errors`, `governance.bill-unreadable`, `governance.release-exists`.
 */
export async function enterRelease(act: Act, r: ReleaseEvidence): Promise<{ id: string }> {
  if (r.authorId === r.reviewerId) throw reviewByAuthor()
  demandAhead('due', r.due, act.now, 400)
  const scan = scanOf(r.scan)
  if (scan === undefined) throw scanUnreadable()
  if (scan.errors > 0) throw scanHasErrors(scan.errors)
  const bill = billOf(r.bill)
  if (bill === undefined) throw billUnreadable()
  const id = newId()
  const { version, authorId, reviewerId, review, owner, due } = r
  const inserted = await insertRelease(act.sql, {
    id,
    version,
    authorId,
    reviewerId,
    review,
    owner,
    due,
    now: act.now,
    scanTool: scan.tool,
    scanSha256: scan.sha256,
    scanWarnings: scan.warnings,
    sbomFormat: bill.format,
    sbomSha256: bill.sha256,
    sbomComponents: bill.components,
  })
  if (inserted === 0) throw releaseExists()
  act.tell({ releaseId: id, version, scan: scan.sha256, bill: bill.sha256 })
  return { id }
}
