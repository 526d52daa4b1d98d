import { plainOf } from './plain-register.ts'

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
  'identity.known_device.device_key': 'keyed hash',
  'identity.provider_attempt.state_hash': 'hash or signature',
  'identity.provider_attempt.browser_hash': 'hash or signature',
  'identity.provider_person.subject_key': 'keyed hash',
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
  'vault.controller.returned_sha256': 'hash or signature',
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
  'incidents.delivery.sealed': ring,
  'measures.observation.code_hash': 'hash or signature',
}

/**
 * Everything at rest that is no table of ours: files below the data directory (`*` stands for a part
 * of a name, `**` for any path), and what others keep for us.
 */
export const files: readonly { readonly place: string; readonly cipher: string }[] = [
  { place: 'keys/root.*.sealed', cipher: 'XAES-256-GCM under a key that the keeper wraps' },
  { place: 'keys/keyring.*.json', cipher: 'XAES-256-GCM under the root key' },
  { place: 'keys/passphrase', cipher: 'none: move it to another disk with passphraseFile' },
  { place: 'keys/backup-identity.sealed', cipher: 'XAES-256-GCM under the ring' },
  { place: 'keys/erasures.ndjson', cipher: 'none: ids, instants and keyed hashes, nobody named' },
  { place: 'keys/copy/**', cipher: 'as the files they are copies of' },
  { place: 'backups/*.age', cipher: 'age (X25519, ChaCha20-Poly1305) over rows sealed as above' },
  { place: 'backups/keyring/**', cipher: 'as the files of the keyring; subject keys as a backup' },
  {
    place: 'objects/attachments/**',
    cipher: 'AES-256-GCM in C2SP chunks, under a key of each file, sealed under the subject key',
  },
  {
    place: 'objects/**',
    cipher: 'as what they are copies of: tiles name nobody, the rest is sealed',
  },
  { place: 'tls/**', cipher: 'none: certificates, and private keys of mode 0600' },
  { place: 'run/**', cipher: 'none: sockets and locks' },
  { place: 'gate/**', cipher: 'none: private keys of mode 0600' },
  { place: 'postgres/**', cipher: 'as the tables' },
  { place: 'holdfast.json', cipher: 'none: settings; secrets stand in files of their own' },
  { place: 'server.json', cipher: 'none: the number of a process' },
  { place: 'supervisor.lock', cipher: 'none: the number of a process' },
  { place: 'graphile_worker (arguments of jobs)', cipher: 'none: ids, nobody named' },
]

/** The place of the register that a file below the data directory belongs to. */
export function placeOfFile(path: string): string | undefined {
  return files.find(({ place }) => {
    const parts = place.split(/(\*\*|\*)/).map((part) => {
      if (part === '**') return '.+'
      return part === '*' ? '[^/]*' : part.replaceAll(/[.()]/g, '\\$&')
    })
    return new RegExp(`^${parts.join('')}$`).test(path)
  })?.place
}

export interface ColumnFacts {
  readonly table: string
  readonly column: string
  readonly type: string
  /** The column's comment in the database. */
  readonly comment: string | null
  /** Whether a check of its own admits a few known words only. */
  readonly few: boolean
}

export interface TableStore {
  readonly table: string
  readonly sealed: readonly { readonly column: string; readonly cipher: string }[]
  /** Columns that lie readable: they must name nobody. */
  readonly plain: readonly string[]
  /** Those of them that hold words, and what the words are; undefined where nobody has said. */
  readonly words: readonly { readonly column: string; readonly what: string | undefined }[]
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
      words: own.flatMap(wordsIn),
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

const isWords = /^(?:text|character|json)/

function wordsIn(facts: ColumnFacts) {
  const { table, column, type, comment, few } = facts
  if (!isWords.test(type) || cipherOf(facts) !== 'none') return []
  return [{ column, what: few ? 'a few known words' : plainOf(wholeOf(table), column, comment) }]
}

/** The table that a partition is a part of. */
const wholeOf = (table: string) => table.replace(/_(?:\d{6}|other)$/, '')

function cipherOf({ table, column, type, comment }: ColumnFacts): string | undefined {
  const said = /^cipher: (.+)$/.exec(comment ?? '')?.[1]
  return said ?? declared[`${wholeOf(table)}.${column}`] ?? (type === 'bytea' ? undefined : 'none')
}
