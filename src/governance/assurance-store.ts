import type { Sql } from '#kernel'
import type { Day } from './day.ts'
import { type Item, shelf } from './register-store.ts'

export interface PenetrationTestRow extends Item {
  readonly engagement: string
  readonly tester: string
  readonly fromOn: Day
  readonly untilOn: Day
  readonly findings: number
  readonly reportSha256: string
}

export const penetrationTests = shelf<PenetrationTestRow>(
  'penetration-tests',
  `t.engagement, t.tester, to_char(t.from_on, 'YYYY-MM-DD') as "fromOn",
   to_char(t.until_on, 'YYYY-MM-DD') as "untilOn", t.findings, t.report_sha256 as "reportSha256"`,
)

export type NewPenetrationTest = Omit<PenetrationTestRow, 'id' | 'createdAt' | 'endedAt'>

export async function insertPenetrationTest(
  sql: Sql,
  t: NewPenetrationTest & { readonly id: string; readonly now: Date },
): Promise<void> {
  await sql.run({
    name: 'governance.penetration-test.insert',
    text: `insert into governance.penetration_test (id, engagement, tester, from_on, until_on,
             findings, report_sha256, owner, due, created_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    values: [
      t.id,
      t.engagement,
      t.tester,
      t.fromOn,
      t.untilOn,
      t.findings,
      t.reportSha256,
      t.owner,
      t.due,
      t.now,
    ],
  })
}

export interface ReleaseRow extends Item {
  readonly version: string
  readonly authorId: string
  readonly reviewerId: string
  readonly review: string
  readonly scanTool: string
  readonly scanSha256: string
  readonly scanWarnings: number
  readonly sbomFormat: string
  readonly sbomSha256: string
  readonly sbomComponents: number
}

export const releases = shelf<ReleaseRow>(
  'releases',
  `t.version, t.author_id as "authorId", t.reviewer_id as "reviewerId", t.review,
   t.scan_tool as "scanTool", t.scan_sha256 as "scanSha256", t.scan_warnings as "scanWarnings",
   t.sbom_format as "sbomFormat", t.sbom_sha256 as "sbomSha256",
   t.sbom_components as "sbomComponents"`,
)

/** @returns 0 when the version has open evidence already. */
export async function insertRelease(
  sql: Sql,
  r: Omit<ReleaseRow, 'createdAt' | 'endedAt'> & { readonly now: Date },
): Promise<number> {
  return sql.run({
    name: 'governance.release.insert',
    text: `insert into governance.release (id, version, author_id, reviewer_id, review, scan_tool,
             scan_sha256, scan_warnings, sbom_format, sbom_sha256, sbom_components, owner, due,
             created_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
           on conflict (version) where ended_at is null do nothing`,
    values: [
      r.id,
      r.version,
      r.authorId,
      r.reviewerId,
      r.review,
      r.scanTool,
      r.scanSha256,
      r.scanWarnings,
      r.sbomFormat,
      r.sbomSha256,
      r.sbomComponents,
      r.owner,
      r.due,
      r.now,
    ],
  })
}
