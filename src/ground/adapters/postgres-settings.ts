import { totalmem } from 'node:os'

export interface ServerSettings {
  readonly socketDir: string
  readonly port: number
  readonly logDir: string
  /** Off only where the data may be lost with the machine: throw-away clusters of tests. */
  readonly fsync: boolean
}

/** The command line's settings of a cluster; they outrank its files, so no file has to be trusted. */
export function serverSettings({ socketDir, port, logDir, fsync }: ServerSettings): string[] {
  const settings: Record<string, string | number> = {
    listen_addresses: '',
    unix_socket_directories: socketDir,
    unix_socket_permissions: '0700',
    port,
    max_connections: 60,
    shared_buffers: `${sharedBuffersMiB()}MB`,
    wal_level: 'replica',
    wal_compression: 'pglz',
    max_wal_size: '2GB',
    checkpoint_timeout: '15min',
    timezone: 'UTC',
    log_timezone: 'UTC',
    logging_collector: 'on',
    log_directory: logDir,
    log_filename: 'postgresql-%a.log',
    log_truncate_on_rotation: 'on',
    log_rotation_age: '1d',
    log_rotation_size: 0,
    // What a statement or its key held must not come to lie in a log file in the clear.
    log_error_verbosity: 'terse',
    log_min_error_statement: 'panic',
    ...(fsync ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  }
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

/** An eighth of the memory, 64 to 512 MiB: the machine also runs the server. */
function sharedBuffersMiB(): number {
  return Math.min(512, Math.max(64, Math.floor(totalmem() / 8 / 1024 / 1024)))
}
