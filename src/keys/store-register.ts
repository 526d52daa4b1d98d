/** How something lies at rest. */
export type Cipher =
  | 'XAES-256-GCM under the subject key'
  | 'XAES-256-GCM under the ring'
  | 'XAES-256-GCM under the wrapping key'
  | 'keyed hash'
  | 'hash or signature'
  | 'numbers that name nobody'
  | 'public key'
  | 'none'

const subject = 'XAES-256-GCM under the subject key'
const ring = 'XAES-256-GCM under the ring'

/**
 * Every column of bytes, and what its bytes are. A room may say so itself instead, in its migration:
 * `comment on column vault.record.sealed is 'cipher: XAES-256-GCM under the subject key'`.
 */
export const declared: Readonly<Record<string, Cipher>> = {
  'trail.entry.touched': 'numbers that name nobody',
  'trail.entry.source_key': 'keyed hash',
  'trail.entry.body': 'numbers that name nobody',
  'trail.entry.leaf': 'hash or signature',
  'trail.entry.statement': 'numbers that name nobody',
  'trail.pending.leaf': 'hash or signature',
  'trail.log.root': 'hash or signature',
  'trail.tile.hashes': 'hash or signature',
  'trail.checkpoint.root': 'hash or signature',
  'trail.signer.ed25519_public': 'public key',
  'trail.signer.ed25519_sealed': ring,
  'trail.signer.ml_dsa_44_public': 'public key',
  'trail.signer.ml_dsa_44_sealed': ring,
  'keys.subject_key.wrapped': 'XAES-256-GCM under the wrapping key',
  'keys.subject_key.commitment': 'keyed hash',
  'keys.erasure.commitment': 'keyed hash',
  'keys.canary.sealed': ring,
  'identity.person.name': ring,
  'identity.person.email': ring,
  'identity.person.email_index': 'keyed hash',
  'identity.credential.token_hash': 'hash or signature',
  'identity.factor.seed': ring,
  'identity.factor.public_key': 'public key',
  'identity.recovery_code.code_hash': 'hash or signature',
  'identity.session.token_hash': 'hash or signature',
  'identity.session.source': ring,
  'identity.lock.reason': ring,
  'identity.enrolment.token_hash': 'hash or signature',
  'identity.enrolment.seed': ring,
  'identity.throttle.key': 'keyed hash',
  'identity.review.population': 'hash or signature',
  'vault.contract.contacts': ring,
  'vault.subject.key_index': 'keyed hash',
  'vault.subject.key_sealed': subject,
  'vault.record.sealed': subject,
  'vault.field_index.value': 'keyed hash',
  'watch.habit.source_key': 'keyed hash',
  'watch.hour_set.bits': 'numbers that name nobody',
  'watch.finding.source_key': 'keyed hash',
  'watch.finding.settled_reason': ring,
  'watch.trace.source_key': 'keyed hash',
  'continuity.backup.sha256': 'hash or signature',
  'governance.vendor.contact': ring,
  'incidents.incident_event.sealed': ring,
  'incidents.suspect.source_key': 'keyed hash',
  'incidents.evidence.digest': 'hash or signature',
  'incidents.scope.digest': 'hash or signature',
  'incidents.clock_event.sealed': ring,
  // Notices and all-clear statements hold numbers and the processor's contact point, no personal data.
  'incidents.notice.pdf': 'none',
  'incidents.all_clear.pdf': 'none',
  'incidents.notice.pdf_digest': 'hash or signature',
  'incidents.delivery.recipient': 'keyed hash',
  'incidents.delivery.sealed': ring,
  'measures.observation.code_hash': 'hash or signature',
}

/** Files that are ours, below the data directory. */
export const files: readonly { readonly place: string; readonly cipher: string }[] = [
  { place: 'keys/root.*.sealed', cipher: 'XAES-256-GCM under the passphrase (argon2id)' },
  { place: 'keys/keyring.*.json', cipher: 'XAES-256-GCM under the root key' },
  { place: 'keys/passphrase', cipher: 'none: move it to another disk with passphraseFile' },
  { place: 'keys/erasures.ndjson', cipher: 'none: ids, instants and keyed hashes, nobody named' },
  {
    place: 'objects/attachments/',
    cipher: 'AES-256-GCM in C2SP chunks, under a key of each file, sealed under the subject key',
  },
  { place: 'keys/copy/', cipher: 'as the files they are copies of' },
]

export interface ColumnFacts {
  readonly table: string
  readonly column: string
  readonly type: string
  /** The column's comment in the database. */
  readonly comment: string | null
}

export interface TableStore {
  readonly table: string
  readonly sealed: readonly { readonly column: string; readonly cipher: string }[]
  /** Columns that lie readable: they must name nobody. */
  readonly plain: readonly string[]
  /** Columns of bytes of which nobody said what they are. */
  readonly undeclared: readonly string[]
}

/** What each table keeps, and how. */
export function registerOf(columns: readonly ColumnFacts[]): TableStore[] {
  return [...Map.groupBy(columns, ({ table }) => table)].map(([table, own]) => {
    const ciphers = own.map((facts) => ({ column: facts.column, cipher: cipherOf(facts) }))
    return {
      table,
      sealed: ciphers.flatMap(({ column, cipher }) =>
        cipher === undefined || cipher === 'none' ? [] : [{ column, cipher }],
      ),
      plain: ciphers.filter(({ cipher }) => cipher === 'none').map(({ column }) => column),
      undeclared: ciphers.filter(({ cipher }) => cipher === undefined).map(({ column }) => column),
    }
  })
}

/** Tables with something sealed under subject keys that name the key in a column `key_id`. */
export function tablesUnderSubjectKeys(columns: readonly ColumnFacts[]): string[] {
  const named = new Set(
    columns.filter(({ column }) => column === 'key_id').map(({ table }) => table),
  )
  const under = columns.filter((facts) => cipherOf(facts) === subject).map(({ table }) => table)
  return [...new Set(under)].filter((table) => named.has(table))
}

function cipherOf({ table, column, type, comment }: ColumnFacts): string | undefined {
  const said = /^cipher: (.+)$/.exec(comment ?? '')?.[1]
  return said ?? declared[`${table}.${column}`] ?? (type === 'bytea' ? undefined : 'none')
}
