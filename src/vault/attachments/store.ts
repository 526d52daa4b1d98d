import { int4Array } from '#ground'
import type { Sql } from '#kernel'
import type { Gone } from '../records/store.ts'
import type { AttachmentRow } from './attachment.ts'

const columns = `attachment_id as "attachmentId", subject_id as "subjectId", category, ordinal, about,
    file_key as "fileKey", digest, size_bytes as "sizeBytes", stored_at as "storedAt",
    erase_after as "eraseAfter"`

export interface FileId {
  readonly controllerId: string
  readonly attachmentId: string
}

export interface NewAttachment {
  readonly controllerId: string
  readonly attachmentId: string
  readonly subjectId: string
  readonly category: number
  readonly keyId: string
  readonly about: Buffer
  readonly now: Date
}

export async function insertAttachment(sql: Sql, a: NewAttachment): Promise<void> {
  await sql.run({
    name: 'vault.attachment.insert',
    text: `insert into vault.attachment
        (controller_id, attachment_id, subject_id, category, key_id, about, begun_at)
      values ($1, $2, $3, $4, $5, $6, $7)`,
    values: [a.controllerId, a.attachmentId, a.subjectId, a.category, a.keyId, a.about, a.now],
  })
}

/** A file that has not come yet. */
export interface Arriving {
  readonly subjectId: string
  readonly category: number
  readonly about: Buffer
  /** Null until its content is on its way. */
  readonly fileKey: Buffer | null
}

/** Locks a file that has not come yet. */
export function lockArriving(
  sql: Sql,
  controllerId: string,
  attachmentId: string,
): Promise<Arriving | undefined> {
  return sql.first({
    name: 'vault.attachment.lock-arriving',
    text: `select subject_id as "subjectId", category, about, file_key as "fileKey"
      from vault.attachment
      where controller_id = $1 and attachment_id = $2 and state = 'arriving' for update`,
    values: [controllerId, attachmentId],
  })
}

export async function setFileKey(
  sql: Sql,
  controllerId: string,
  attachmentId: string,
  fileKey: Buffer,
): Promise<void> {
  await sql.run({
    name: 'vault.attachment.set-key',
    text: `update vault.attachment set file_key = $3 where controller_id = $1 and attachment_id = $2`,
    values: [controllerId, attachmentId, fileKey],
  })
}

/** Keeps a file whose content has come. False when it was given up meanwhile. */
export async function keepAttachment(
  sql: Sql,
  controllerId: string,
  a: Pick<
    AttachmentRow,
    'attachmentId' | 'ordinal' | 'about' | 'fileKey' | 'digest' | 'sizeBytes' | 'eraseAfter'
  > & { readonly keyId: string; readonly now: Date },
): Promise<boolean> {
  const changed = await sql.run({
    name: 'vault.attachment.keep',
    text: `update vault.attachment set state = 'kept', ordinal = $3, about = $4, file_key = $5,
        digest = $6, size_bytes = $7, stored_at = $8, erase_after = $9, key_id = $10
      where controller_id = $1 and attachment_id = $2 and state = 'arriving'`,
    values: [
      controllerId,
      a.attachmentId,
      a.ordinal,
      a.about,
      a.fileKey,
      a.digest,
      a.sizeBytes,
      a.now,
      a.eraseAfter,
      a.keyId,
    ],
  })
  return changed === 1
}

/** Files of a subject that are kept and not due, in the order they came. */
export function attachmentsOf(
  sql: Sql,
  controllerId: string,
  subjectIds: readonly string[],
  now: Date | 'all',
): Promise<AttachmentRow[]> {
  return sql.rows({
    name: 'vault.attachment.of-subjects',
    text: `select ${columns} from vault.attachment
      where controller_id = $1 and subject_id = any($2::uuid[]) and state = 'kept'
        and erase_after > $3::timestamptz order by stored_at, attachment_id`,
    values: [controllerId, subjectIds, now === 'all' ? '-infinity' : now],
  })
}

export function attachmentById(
  sql: Sql,
  controllerId: string,
  attachmentId: string,
  now: Date,
): Promise<AttachmentRow | undefined> {
  return sql.first({
    name: 'vault.attachment.by-id',
    text: `select ${columns} from vault.attachment
      where controller_id = $1 and attachment_id = $2 and state = 'kept' and erase_after > $3`,
    values: [controllerId, attachmentId, now],
  })
}

const ending = `state = 'gone', key_id = null, about = null, file_key = null, digest = null`

/** Makes waste of one file, whatever its state. */
export async function endAttachment(
  sql: Sql,
  controllerId: string,
  attachmentId: string,
): Promise<void> {
  await sql.run({
    name: 'vault.attachment.end',
    text: `update vault.attachment set ${ending} where controller_id = $1 and attachment_id = $2`,
    values: [controllerId, attachmentId],
  })
}

/** Makes waste of the files of these subjects: all of them, or those due at `dueAt`. @returns those that were kept. */
export function endAttachments(
  sql: Sql,
  controllerId: string,
  subjectIds: readonly string[],
  dueAt: Date | 'all',
): Promise<Gone[]> {
  return sql.rows({
    name: 'vault.attachment.end-of',
    text: `with due as (
        select attachment_id, state, subject_id, ordinal, category from vault.attachment
        where controller_id = $1 and subject_id = any($2::uuid[]) and state <> 'gone'
          and coalesce(erase_after, 'infinity') <= $3::timestamptz for update),
      ended as (
        update vault.attachment a set ${ending} from due d
        where a.controller_id = $1 and a.attachment_id = d.attachment_id)
      select subject_id as "subjectId", ordinal, category from due where state = 'kept'`,
    values: [controllerId, subjectIds, dueAt === 'all' ? 'infinity' : dueAt],
  })
}

/** Makes waste of the files of these subjects that are kept under these numbers. */
export function endNumbered(
  sql: Sql,
  controllerId: string,
  subjectIds: readonly string[],
  ordinals: readonly number[],
): Promise<Gone[]> {
  return sql.rows({
    name: 'vault.attachment.end-numbered',
    text: `update vault.attachment set ${ending}
      where controller_id = $1 and subject_id = any($2::uuid[]) and ordinal = any($3::int[])
        and state = 'kept'
      returning subject_id as "subjectId", ordinal, category`,
    values: [controllerId, subjectIds, int4Array(ordinals)],
  })
}

/** Controllers that have a file due and not held. */
export async function controllersWithDueFiles(sql: Sql, now: Date): Promise<string[]> {
  const rows = await sql.rows<{ id: string }>({
    name: 'vault.attachment.controllers-due',
    text: `select distinct a.controller_id as id from vault.attachment a
      join vault.subject s using (controller_id, subject_id)
      join vault.controller c using (controller_id)
      where a.state = 'kept' and a.erase_after <= $1 and not s.held and c.state in ('active', 'returning')`,
    values: [now],
  })
  return rows.map(({ id }) => id)
}

/** Subjects of a controller that have a file due. */
export async function subjectsWithDueFiles(
  sql: Sql,
  controllerId: string,
  now: Date,
  limit: number,
): Promise<string[]> {
  const rows = await sql.rows<{ id: string }>({
    name: 'vault.attachment.subjects-due',
    text: `select distinct a.subject_id as id from vault.attachment a
      join vault.subject s using (controller_id, subject_id)
      where a.controller_id = $1 and a.state = 'kept' and a.erase_after <= $2 and not s.held limit $3`,
    values: [controllerId, now, limit],
  })
  return rows.map(({ id }) => id)
}

/** Waste to be removed: what has ended, and what has been arriving since before an instant. */
export function wasteOf(sql: Sql, begunBefore: Date, limit: number): Promise<FileId[]> {
  return sql.rows({
    name: 'vault.attachment.waste',
    text: `select controller_id as "controllerId", attachment_id as "attachmentId"
      from vault.attachment
      where state = 'gone' or (state = 'arriving' and begun_at < $1) order by begun_at limit $2`,
    values: [begunBefore, limit],
  })
}

/** Kept files of all controllers that come after one, in the order of their ids. */
export function filesAfter(sql: Sql, last: FileId, limit: number): Promise<FileId[]> {
  return sql.rows({
    name: 'vault.attachment.after',
    text: `select controller_id as "controllerId", attachment_id as "attachmentId"
      from vault.attachment
      where state = 'kept' and (controller_id, attachment_id) > ($1, $2)
      order by controller_id, attachment_id limit $3`,
    values: [last.controllerId, last.attachmentId, limit],
  })
}

/** How many files of all controllers are kept. */
export async function countFiles(sql: Sql): Promise<number> {
  const row = await sql.first<{ n: number }>({
    name: 'vault.attachment.count',
    text: `select count(*) as n from vault.attachment where state = 'kept'`,
  })
  return row?.n ?? 0
}

/** Forgets a file that is waste. */
export async function forgetAttachment(
  sql: Sql,
  controllerId: string,
  attachmentId: string,
): Promise<void> {
  await sql.run({
    name: 'vault.attachment.forget',
    text: `delete from vault.attachment
      where controller_id = $1 and attachment_id = $2 and state <> 'kept'`,
    values: [controllerId, attachmentId],
  })
}

/** Puts what was sealed anew in the place of what it replaces. */
export async function updateAttachment(
  sql: Sql,
  controllerId: string,
  a: Pick<AttachmentRow, 'attachmentId' | 'about' | 'fileKey' | 'digest'> & {
    readonly keyId: string
  },
): Promise<void> {
  await sql.run({
    name: 'vault.attachment.reseal',
    text: `update vault.attachment set key_id = $3, about = $4, file_key = $5, digest = $6
      where controller_id = $1 and attachment_id = $2 and state = 'kept'`,
    values: [controllerId, a.attachmentId, a.keyId, a.about, a.fileKey, a.digest],
  })
}

/** The largest file a controller takes, in bytes. */
export async function attachmentLimit(sql: Sql, controllerId: string): Promise<number> {
  const row = await sql.first<{ mib: number }>({
    name: 'vault.attachment.limit',
    text: 'select attachment_mib as mib from vault.controller where controller_id = $1',
    values: [controllerId],
  })
  return (row?.mib ?? 0) * 1_048_576
}

export async function setAttachmentLimit(
  sql: Sql,
  controllerId: string,
  mib: number,
): Promise<void> {
  await sql.run({
    name: 'vault.attachment.set-limit',
    text: 'update vault.controller set attachment_mib = $2 where controller_id = $1',
    values: [controllerId, mib],
  })
}

/** How many files a controller keeps, and their size. */
export async function filesTotal(
  sql: Sql,
  controllerId: string,
): Promise<{ readonly files: number; readonly fileBytes: number }> {
  const row = await sql.first<{ files: number; fileBytes: number }>({
    name: 'vault.attachment.total',
    text: `select count(*) as files, coalesce(sum(size_bytes), 0)::bigint as "fileBytes"
      from vault.attachment where controller_id = $1 and state = 'kept'`,
    values: [controllerId],
  })
  return row!
}
