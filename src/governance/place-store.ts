import type { Sql } from '#kernel'
import type { Day } from './day.ts'
import type { Posture } from './endpoint.ts'
import { type Item, shelf } from './register-store.ts'

export interface EndpointRow extends Item, Posture {
  readonly tag: string
  readonly platform: string
  readonly osVersion: string | null
  readonly source: string | null
}

export const endpoints = shelf<EndpointRow>(
  'endpoints',
  `t.tag, t.platform, t.os_version as "osVersion", t.disk_encrypted as "diskEncrypted", t.firewall,
   t.malware_protection as "malwareProtection", t.os_supported as "osSupported", t.source,
   t.reported_at as "reportedAt"`,
)

export interface NewEndpoint {
  readonly tag: string
  readonly platform: string
  readonly owner: string
  readonly due: Day
}

/** @returns 0 when an open endpoint has this tag. */
export async function insertEndpoint(
  sql: Sql,
  e: NewEndpoint & { readonly id: string; readonly now: Date },
): Promise<number> {
  return sql.run({
    name: 'governance.endpoint.insert',
    text: `insert into governance.endpoint (id, tag, platform, owner, due, created_at)
           values ($1, $2, $3, $4, $5, $6)
           on conflict (tag) where ended_at is null do nothing`,
    values: [e.id, e.tag, e.platform, e.owner, e.due, e.now],
  })
}

export interface PostureReport {
  readonly osVersion: string
  readonly diskEncrypted?: boolean
  readonly firewall?: boolean
  readonly malwareProtection?: boolean
  readonly osSupported?: boolean
  readonly source: string
}

/** @returns 0 when there is no such open endpoint. */
export async function updatePosture(
  sql: Sql,
  id: string,
  p: PostureReport,
  now: Date,
  due: Day,
): Promise<number> {
  return sql.run({
    name: 'governance.endpoint.posture',
    text: `update governance.endpoint set os_version = $2, disk_encrypted = $3, firewall = $4,
             malware_protection = $5, os_supported = $6, source = $7, reported_at = $8, due = $9
           where id = $1 and ended_at is null`,
    values: [
      id,
      p.osVersion,
      p.diskEncrypted ?? null,
      p.firewall ?? null,
      p.malwareProtection ?? null,
      p.osSupported ?? null,
      p.source,
      now,
      due,
    ],
  })
}

export interface SiteRow extends Item {
  readonly name: string
  readonly country: string
  readonly kind: 'data-centre' | 'office' | 'hoster'
  readonly attestedBy: string | null
  readonly attestedAt: Date | null
  readonly expiresOn: Day | null
  readonly biometricAccess: boolean | null
  readonly watched: boolean | null
  readonly statement: string | null
}

const newest = (column: string) =>
  `(select ${column} from governance.site_attestation a where a.site_id = t.id
    order by a.id desc limit 1)`

export const sites = shelf<SiteRow>(
  'sites',
  `t.name, t.country, t.kind, ${newest('a.by_person')} as "attestedBy",
   ${newest('a.at')} as "attestedAt", ${newest(`to_char(a.expires_on, 'YYYY-MM-DD')`)} as "expiresOn",
   ${newest('a.biometric_access')} as "biometricAccess", ${newest('a.watched')} as watched,
   ${newest('a.statement')} as statement`,
)

export interface NewSite {
  readonly name: string
  readonly country: string
  readonly kind: SiteRow['kind']
  readonly owner: string
  readonly due: Day
}

export async function insertSite(
  sql: Sql,
  s: NewSite & { readonly id: string; readonly now: Date },
): Promise<void> {
  await sql.run({
    name: 'governance.site.insert',
    text: `insert into governance.site (id, name, country, kind, owner, due, created_at)
           values ($1, $2, $3, $4, $5, $6, $7)`,
    values: [s.id, s.name, s.country, s.kind, s.owner, s.due, s.now],
  })
}

export interface SiteAttestation {
  readonly expiresOn: Day
  readonly biometricAccess: boolean
  readonly watched: boolean
  readonly statement: string
  readonly documentSha256?: string
}

export async function insertAttestation(
  sql: Sql,
  a: SiteAttestation & { id: string; siteId: string; byPerson: string; now: Date },
): Promise<void> {
  await sql.run({
    name: 'governance.site-attestation.insert',
    text: `insert into governance.site_attestation (id, site_id, by_person, at, expires_on,
             biometric_access, watched, statement, document_sha256)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    values: [
      a.id,
      a.siteId,
      a.byPerson,
      a.now,
      a.expiresOn,
      a.biometricAccess,
      a.watched,
      a.statement,
      a.documentSha256 ?? null,
    ],
  })
}
