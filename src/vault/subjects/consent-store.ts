import type { Sql } from '#kernel'
import type { SaidOnce, Saying } from './consent.ts'

/** As it lies in its table. */
export interface SealedSaid extends Omit<SaidOnce, 'evidence' | 'endedHow'> {
  readonly evidence: Buffer
  readonly endedHow: Buffer | null
}

/** Everything a subject has said, oldest first. */
export function saidBy(sql: Sql, controllerId: string, subjectId: string): Promise<SealedSaid[]> {
  return sql.rows({
    name: 'vault.consent.of-subject',
    text: `select consent_id as "consentId", purpose, kind, given_at as "givenAt", evidence,
        ended_at as "endedAt", ended_how as "endedHow"
      from vault.consent where controller_id = $1 and subject_id = $2
      order by given_at, consent_id`,
    values: [controllerId, subjectId],
  })
}

export interface NewSaid {
  readonly controllerId: string
  readonly consentId: string
  readonly subjectId: string
  readonly purpose: string
  readonly kind: Saying
  readonly givenAt: Date
  readonly evidence: Buffer
}

export async function insertSaid(sql: Sql, s: NewSaid): Promise<void> {
  await sql.run({
    name: 'vault.consent.insert',
    text: `insert into vault.consent
        (controller_id, consent_id, subject_id, purpose, kind, given_at, evidence)
      values ($1, $2, $3, $4, $5, $6, $7)`,
    values: [s.controllerId, s.consentId, s.subjectId, s.purpose, s.kind, s.givenAt, s.evidence],
  })
}

/** Ends what stands. */
export async function endSaid(
  sql: Sql,
  s: {
    readonly controllerId: string
    readonly consentId: string
    readonly endedAt: Date
    readonly endedHow: Buffer
  },
): Promise<void> {
  await sql.run({
    name: 'vault.consent.end',
    text: `update vault.consent set ended_at = $3, ended_how = $4
      where controller_id = $1 and consent_id = $2 and ended_at is null`,
    values: [s.controllerId, s.consentId, s.endedAt, s.endedHow],
  })
}

/** Gives a subject's row what stands now, for every read to see without another statement. */
export async function standSaid(sql: Sql, controllerId: string, subjectId: string): Promise<void> {
  await sql.run({
    name: 'vault.consent.stand',
    text: `update vault.subject s
      set (consents, objections) = (
        select array_agg(c.purpose order by c.purpose) filter (where c.kind = 'consent'),
          array_agg(c.purpose order by c.purpose) filter (where c.kind = 'objection')
        from vault.consent c
        where c.controller_id = s.controller_id and c.subject_id = s.subject_id
          and c.ended_at is null)
      where s.controller_id = $1 and s.subject_id = $2`,
    values: [controllerId, subjectId],
  })
}

/** What these subjects have said, for sealing it anew. */
export function saidByAll(
  sql: Sql,
  controllerId: string,
  subjectIds: readonly string[],
): Promise<(Pick<SealedSaid, 'consentId' | 'evidence' | 'endedHow'> & { subjectId: string })[]> {
  return sql.rows({
    name: 'vault.consent.of-subjects',
    text: `select subject_id as "subjectId", consent_id as "consentId", evidence,
        ended_how as "endedHow"
      from vault.consent where controller_id = $1 and subject_id = any($2::uuid[])`,
    values: [controllerId, subjectIds],
  })
}

/** Puts evidence that was sealed anew in the place of what it replaces. */
export async function updateSaid(
  sql: Sql,
  controllerId: string,
  said: readonly Pick<SealedSaid, 'consentId' | 'evidence' | 'endedHow'>[],
): Promise<void> {
  await sql.run({
    text: `update vault.consent c set evidence = n.evidence, ended_how = n.ended_how
      from unnest($2::uuid[], $3::bytea[], $4::bytea[]) as n (consent_id, evidence, ended_how)
      where c.controller_id = $1 and c.consent_id = n.consent_id`,
    values: [
      controllerId,
      said.map(({ consentId }) => consentId),
      said.map(({ evidence }) => evidence),
      said.map(({ endedHow }) => endedHow),
    ],
  })
}
