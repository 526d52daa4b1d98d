import type { Sql } from './sql.ts'

/** What is set from outside: file and environment, read once at start by `ground`. */
export interface Settings {
  /** Absolute path of the data directory. */
  readonly dataDir: string
  readonly host: string
  readonly port: number
  /** How the outside reaches us: `https://localhost:8443`. No trailing slash. */
  readonly publicUrl: string
  /** An external PostgreSQL; undefined means the embedded one. */
  readonly databaseUrl: string | undefined
  /** What this installation is. A workload of another environment is refused. */
  readonly environment: 'production' | 'staging' | 'development'
  /** Port of the listener that asks workloads for a certificate of ours; undefined means none. */
  readonly workloadPort: number | undefined
  /** The operator's name as it stands on the annex and on notices. */
  readonly processorName: string
  /** Contact point for notices (GDPR Art. 33(3)(b)). */
  readonly contactPoint: string
  /** One application behind our sign-in, `http://127.0.0.1:3000`; undefined means none. */
  readonly upstream: string | undefined
  /** Port of that application's own listener. */
  readonly upstreamPort: number
  readonly tlsCertFile: string | undefined
  readonly tlsKeyFile: string | undefined
  /** File holding the SMTP URL (`smtps://user:secret@host:465`); undefined means no mail is sent. */
  readonly smtpFile: string | undefined
  readonly mailFrom: string | undefined
  /** File that names another keeper of the root key than a passphrase: a token, a KMS, a transit engine. */
  readonly keeperFile: string | undefined
  /** File holding the passphrase of the software root key; default `<dataDir>/keys/passphrase`. */
  readonly passphraseFile: string | undefined
  /** A second place for backups and keyring copies, best on another disk or mount. */
  readonly offsiteDir: string | undefined
  /** Hosts of private networks that entries may be sent to, by commas: `siem.internal,10.2.0.5`. */
  readonly privateDestinations: string | undefined
  /** A folder for objects that are written once, best on another machine; undefined: `<dataDir>/objects`. */
  readonly objectsDir: string | undefined
  /** File that says which S3 store holds the objects instead, with its credentials. */
  readonly objectsFile: string | undefined
}

export interface MailMessage {
  readonly to: readonly string[]
  readonly subject: string
  readonly text: string
  readonly attachments?: readonly {
    readonly filename: string
    readonly content: Buffer
    readonly contentType: string
  }[]
}

/** Every row of the house as it stood at one instant. */
export interface Snapshot {
  /** Plain reads of the same instant. */
  readonly sql: Sql
  /** Our tables, `schema.name`, in alphabetical order. */
  readonly tables: readonly string[]
  /** A table's rows in PostgreSQL's text COPY format, UTF-8. Read it to its end before the next. */
  copyOut(table: string): AsyncIterable<Buffer>
}

/**
 * Objects that are written once: tiles, bundles, evidence, attachments. A key is `/`-separated words
 * of letters, digits and `._=-`, at most 512 characters; an object is at most 64 MiB.
 *
 * Every call has a deadline and may fail: the store is another machine. Never call it inside an act.
 */
export interface ObjectStore {
  /** Where it is, in words for people. Nothing secret. */
  readonly place: string
  /** Whether it was set from outside, and so is more than a directory beside the data. */
  readonly outside: boolean
  /** Days for which the store itself refuses to change or remove what was put `locked`; 0: it cannot. */
  readonly lockDays: number
  /**
   * Puts an object where none is. Under a key that holds these very bytes already nothing happens.
   *
   * @throws {ObjectConflict} when the key holds other bytes.
   */
  putOnce(key: string, bytes: Uint8Array, options?: { readonly locked?: boolean }): Promise<void>
  get(key: string): Promise<Buffer | undefined>
  /** Keys that begin with `prefix`, in the order of their bytes. */
  list(prefix: string): AsyncIterable<string>
  /** Removes an object, if it is there. What was put locked stays until its time. */
  remove(key: string): Promise<void>
  /** Tries to destroy what was put locked, past every safety: the negative probe of the lock. */
  tryToDestroy(key: string): Promise<{ readonly refused: boolean; readonly answer: string }>
}

/** The space of the file system that has least of it, of those the house writes to. */
export interface SpaceNow {
  readonly freeBytes: number
  readonly totalBytes: number
  /** So little that nothing may be taken on. */
  readonly isShort: boolean
}

/** The house's outward senses and hands. Acts never see it; flows, jobs, loops and checks do. */
export interface World {
  readonly settings: Settings
  now(): Date
  /** A request to our own listener over real TLS from this host, as an outsider makes it. */
  fetch(path: string, init?: ProbeInit): Promise<ProbeAnswer>
  /** Runs over every row of the house as it stood at one instant, without stopping anybody's writes. */
  snapshot<T>(deed: (snapshot: Snapshot) => Promise<T>): Promise<T>
  /**
   * A plain look that answers yes or no, as a loop's `due` takes it: who waits for news leaves no entry
   * while there is none.
   */
  glance(look: (sql: Sql) => Promise<boolean>): Promise<boolean>
  /** Aborted when the house begins to close: what lasts must end. */
  readonly closing: AbortSignal
  readonly objects: ObjectStore
  /** Undefined where nobody looks: the supervisor does, every second. */
  space(): SpaceNow | undefined
  readonly mail: {
    readonly configured: boolean
    /** Resolves once a server has accepted the message, with its answer. */
    send(message: MailMessage): Promise<string>
  }
}

export interface ProbeInit {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** Local address to connect from, for drills on loopback (`127.0.0.2`). */
  readonly localAddress?: string
}

export interface ProbeAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}
