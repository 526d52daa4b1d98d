/**
 * Ground: the outside world, made plain. Database, migrations, queue, clock, files, mail, documents.
 *
 * @module
 */
export { Database, type DatabaseOptions, onClient, type TransactionOptions } from './database.ts'
export { newId } from './ids.ts'
export { appRole, migrate, migrationsIn, privilegesIn } from './migrate.ts'
export { enqueue } from './queue.ts'
export { quiet } from './queue-log.ts'
export { dayMs, hourMs, minuteMs } from './time.ts'
export { selfFetch } from './adapters/self-fetch.ts'
export { refill, withSnapshot } from './snapshot.ts'
