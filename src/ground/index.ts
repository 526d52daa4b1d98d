/**
 * Ground: the outside world, made plain. Database, migrations, queue, clock, files, mail, documents.
 *
 * @module
 */
export {
  byteaArray,
  int2Array,
  int4Array,
  int8Array,
  textArray,
  timestamptzArray,
  uuidArray,
} from './binary-array.ts'
export { Database, type DatabaseOptions, onClient, type TransactionOptions } from './database.ts'
export { Gather } from './gather.ts'
export { csvLine } from './csv.ts'
export { guarded, unguarded } from './formula.ts'
export { newId } from './ids.ts'
export { appRole, migrate, migrationsIn, privilegesIn } from './migrate.ts'
export { Kept } from './kept.ts'
export { ofKeys } from './keyed.ts'
export { enqueue, forgetRunsAhead } from './queue.ts'
export { quiet } from './queue-log.ts'
export { freshNonce, randomBytes } from './randomness.ts'
export { dayMs, hourMs, isFuture, isRecent, minuteMs } from './time.ts'
export { selfFetch } from './adapters/self-fetch.ts'
export { bareHost, fetchOpen, isForClosed, lookupOpen, openedBy } from './adapters/way-out.ts'
export { refill, withSnapshot } from './snapshot.ts'
export { cores } from './adapters/cores.ts'
export { prepareDataDir, serverDirs } from './adapters/data-dir.ts'
export { type Postgres, type PostgresOptions, startPostgres } from './adapters/embedded-postgres.ts'
export { removePlace } from './adapters/postgres-place.ts'
export { LockHeld, type LockFile, takeLock } from './adapters/lock-file.ts'
export { clearRunState, noteRunState, readRunState, type RunState } from './adapters/run-state.ts'
export { MailNotConfigured, openMail } from './adapters/mail.ts'
export {
  keepReserve,
  leastFreeBytes,
  releaseReserve,
  reserveBytes,
  type Space,
  spaceAt,
} from './adapters/space.ts'
export { objectFolder } from './adapters/object-folder.ts'
export { openObjects } from './adapters/objects.ts'
export { ObjectConflict } from './object-key.ts'
export { databaseName, ownerRole } from './adapters/postgres-roles.ts'
export type { Block, ListBlock, Look, Span, TableBlock, TextBlock } from './pdf-blocks.ts'
export { type PdfDefinition, renderPdf } from './pdf.ts'
export {
  readSettings,
  type Setting,
  settingsEnvironment,
  SettingsError,
  settingsPage,
} from './settings.ts'
