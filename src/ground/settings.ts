import { existsSync, readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { join, resolve } from 'node:path'
import type { Settings } from '#kernel'

/** What is set from outside cannot be used. The message is one sentence that says what to change. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError'
}

/** One thing that can be set: by its environment name, or by its key in `<data>/holdfast.json`. */
export interface Setting {
  readonly key: keyof Settings
  readonly env: string
  /** What holds when nothing is set, in words. */
  readonly otherwise: string
  readonly meaning: string
}

/** Everything that can be set. `docs/settings.md` is made from it. */
export const table: readonly Setting[] = [
  {
    key: 'dataDir',
    env: 'HOLDFAST_DATA',
    otherwise: '`./var`',
    meaning:
      'Data directory: database, keys, certificates, backups. Only the environment can set it.',
  },
  {
    key: 'port',
    env: 'HOLDFAST_PORT',
    otherwise: '`8443`',
    meaning: 'TCP port of the HTTPS listener, 1 to 65535.',
  },
  {
    key: 'host',
    env: 'HOLDFAST_HOST',
    otherwise: '`127.0.0.1`',
    meaning: 'IP address to listen on; `0.0.0.0` or `::` opens it to the network.',
  },
  {
    key: 'publicUrl',
    env: 'HOLDFAST_PUBLIC_URL',
    otherwise: '`https://localhost:<port>`',
    meaning: 'How browsers and applications reach Holdfast. Passkeys are bound to its host name.',
  },
  {
    key: 'databaseUrl',
    env: 'DATABASE_URL',
    otherwise: 'the built-in PostgreSQL',
    meaning:
      'An external PostgreSQL 15 or later: `postgresql://user:password@host/database`. The user owns the database and may create roles.',
  },
  {
    key: 'environment',
    env: 'HOLDFAST_ENVIRONMENT',
    otherwise: '`production`',
    meaning:
      '`production`, `staging` or `development`. Credentials of a workload of another environment are refused.',
  },
  {
    key: 'workloadPort',
    env: 'HOLDFAST_WORKLOAD_PORT',
    otherwise: 'none',
    meaning:
      'TCP port of a second HTTPS listener where workloads prove themselves by a certificate (mTLS). Browsers never meet it.',
  },
  {
    key: 'processorName',
    env: 'HOLDFAST_PROCESSOR_NAME',
    otherwise: 'empty',
    meaning: "The operator's name as it stands on the annex and on notices.",
  },
  {
    key: 'contactPoint',
    env: 'HOLDFAST_CONTACT_POINT',
    otherwise: 'empty',
    meaning: 'Contact point that notices give to controllers (GDPR Art. 33(3)(b)).',
  },
  {
    key: 'upstream',
    env: 'HOLDFAST_UPSTREAM',
    otherwise: 'none',
    meaning: 'One application behind our sign-in: `http://127.0.0.1:3000`.',
  },
  {
    key: 'upstreamPort',
    env: 'HOLDFAST_UPSTREAM_PORT',
    otherwise: 'the port after `port`',
    meaning:
      "TCP port of that application's own HTTPS listener, under `/app/`: another origin than the console's.",
  },
  {
    key: 'tlsCertFile',
    env: 'HOLDFAST_TLS_CERT_FILE',
    otherwise: "a certificate of Holdfast's own local authority",
    meaning: 'Certificate chain (PEM). Needs the key as well.',
  },
  {
    key: 'tlsKeyFile',
    env: 'HOLDFAST_TLS_KEY_FILE',
    otherwise: 'made at the first start',
    meaning: 'Private key of that certificate (PEM).',
  },
  {
    key: 'smtpFile',
    env: 'HOLDFAST_SMTP_FILE',
    otherwise: 'no mail is sent',
    meaning:
      'File that holds the SMTP URL: `smtps://user:secret@host:465`. Needs a sender as well.',
  },
  {
    key: 'mailFrom',
    env: 'HOLDFAST_MAIL_FROM',
    otherwise: 'none',
    meaning: 'Sender address of mail.',
  },
  {
    key: 'passphraseFile',
    env: 'HOLDFAST_PASSPHRASE_FILE',
    otherwise: '`<data>/keys/passphrase`',
    meaning: 'File that holds the passphrase of the root key; best on another disk than the data.',
  },
  {
    key: 'keeperFile',
    env: 'HOLDFAST_KEEPER_FILE',
    otherwise: 'the passphrase keeps the root key',
    meaning:
      'File (JSON) that names another keeper of the root key: a PKCS#11 token, AWS KMS, OpenBao or Vault transit; see `src/keys/README.md`.',
  },
  {
    key: 'offsiteDir',
    env: 'HOLDFAST_OFFSITE',
    otherwise: 'none',
    meaning:
      'Second place for backups, copies of the keyring and of the trail; best another disk or a mount.',
  },
  {
    key: 'objectsDir',
    env: 'HOLDFAST_OBJECTS',
    otherwise: '`<data>/objects`',
    meaning:
      'Folder for objects that are written once: copies of the trail, evidence, attachments. Best a mount of another machine.',
  },
  {
    key: 'objectsFile',
    env: 'HOLDFAST_OBJECTS_FILE',
    otherwise: 'objects lie in a folder',
    meaning:
      'File that names an S3 store for the objects instead: a JSON object with `bucket`, `region`, `accessKeyId`, `secretAccessKey`, and where wanted `endpoint` (another maker’s store), `prefix`, and `lockDays` (1 to 36500: what must stay is put under Object Lock in compliance mode for so long; the bucket must have it enabled).',
  },
  {
    key: 'privateDestinations',
    env: 'HOLDFAST_PRIVATE_DESTINATIONS',
    otherwise: 'none',
    meaning:
      'Hosts of private networks, or of this host, that streams of the trail, witnesses, timestamp authorities and identity providers (OpenID Connect) may be at, by commas: `siem.internal,10.2.0.5`. Anything else must be a public address.',
  },
]

/** Names that are no settings: what the supervisor hands to its server, the runner to the tests, and the CLI to itself. */
const otherNames = new Set([
  'HOLDFAST_APP_URL',
  'HOLDFAST_KEEPER_FD',
  'HOLDFAST_TEST_DATABASE_URL',
  'HOLDFAST_URL',
  'HOLDFAST_TOKEN_FILE',
  'HOLDFAST_CA_FILE',
])

type Given = (key: keyof Settings) => string | undefined

/**
 * Reads the settings: from the environment, and where that says nothing from `<data>/holdfast.json`.
 * Paths are relative to `cwd`. An empty variable counts as none.
 *
 * @throws {SettingsError} on a name nobody knows, or a value that cannot be used.
 */
export function readSettings(env: NodeJS.ProcessEnv, cwd: string): Settings {
  const unknown = Object.keys(env).find(
    (name) =>
      name.startsWith('HOLDFAST_') &&
      !otherNames.has(name) &&
      !table.some((setting) => setting.env === name),
  )
  if (unknown !== undefined) throw new SettingsError(`${unknown} is no setting of Holdfast.`)
  const dataDir = resolve(cwd, env['HOLDFAST_DATA'] || 'var')
  const file = readFile(join(dataDir, 'holdfast.json'))
  const given: Given = (key) => env[envOf(key)] || file.get(key) || undefined
  const port = readPort(given, 'port', 8443)
  const path = (key: keyof Settings) => {
    const value = given(key)
    return value === undefined ? undefined : resolve(cwd, value)
  }
  const settings: Settings = {
    dataDir,
    port,
    host: readHost(given('host')),
    publicUrl: readOrigin(given, 'publicUrl', ['https:']) ?? `https://localhost:${port}`,
    databaseUrl: readDatabaseUrl(given('databaseUrl')),
    environment: readEnvironment(given('environment')),
    workloadPort:
      given('workloadPort') === undefined ? undefined : readPort(given, 'workloadPort', 0),
    processorName: given('processorName') ?? '',
    contactPoint: given('contactPoint') ?? '',
    upstream: readOrigin(given, 'upstream', ['http:', 'https:']),
    upstreamPort: readPort(given, 'upstreamPort', port + 1),
    tlsCertFile: path('tlsCertFile'),
    tlsKeyFile: path('tlsKeyFile'),
    smtpFile: path('smtpFile'),
    mailFrom: given('mailFrom'),
    passphraseFile: path('passphraseFile'),
    keeperFile: path('keeperFile'),
    offsiteDir: path('offsiteDir'),
    privateDestinations: given('privateDestinations'),
    objectsDir: path('objectsDir'),
    objectsFile: path('objectsFile'),
  }
  together(settings, 'tlsCertFile', 'tlsKeyFile')
  together(settings, 'tlsKeyFile', 'tlsCertFile')
  together(settings, 'smtpFile', 'mailFrom')
  if (settings.objectsDir !== undefined && settings.objectsFile !== undefined)
    throw new SettingsError(
      `${envOf('objectsDir')} and ${envOf('objectsFile')} exclude each other: objects lie in one place.`,
    )
  return settings
}

/** The environment that {@link readSettings} reads these settings from again, in whatever directory. */
export function settingsEnvironment(settings: Settings): Record<string, string> {
  const given = table.filter(({ key }) => settings[key] !== undefined)
  return Object.fromEntries(given.map(({ key, env }) => [env, String(settings[key])]))
}

/** The page `docs/settings.md`. */
export function settingsPage(): string {
  const rows = table.map(
    ({ key, env, otherwise, meaning }) =>
      `| \`${env}\` | ${key === 'dataDir' ? '' : `\`${key}\``} | ${otherwise} | ${meaning} |`,
  )
  return [
    '# Settings',
    '',
    'Each can be given in the environment, or by its key in `holdfast.json` in the data directory; the',
    'environment wins. Paths are relative to the directory Holdfast is started in. A name that does not stand',
    'here is an error: a promise must not fail to hold because of a misspelt word.',
    '',
    '| environment | key in `holdfast.json` | otherwise | meaning |',
    '|---|---|---|---|',
    ...rows,
    '',
    'This page is made from `src/ground/settings.ts`; a test keeps it equal.',
    '',
  ].join('\n')
}

function readFile(file: string): Map<string, string> {
  if (!existsSync(file)) return new Map()
  const entries = Object.entries(parseObject(file))
  for (const [key, value] of entries) {
    if (key === 'dataDir' || !table.some((setting) => setting.key === key)) {
      throw new SettingsError(`${file}: ${key} is no setting of Holdfast.`)
    }
    const kinds = /port$/i.test(key) ? ['string', 'number'] : ['string']
    if (!kinds.includes(typeof value)) {
      throw new SettingsError(`${file}: ${key} must be a ${kinds.at(-1)}.`)
    }
  }
  return new Map(entries.map(([key, value]) => [key, String(value)]))
}

function parseObject(file: string): Record<string, unknown> {
  const text = readFileSync(file, 'utf8')
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value as Record<string, unknown>
    }
  } catch (error) {
    throw new SettingsError(`${file} is not JSON: ${(error as Error).message}.`, { cause: error })
  }
  throw new SettingsError(`${file} must hold one JSON object.`)
}

function readPort(given: Given, key: keyof Settings, otherwise: number): number {
  const value = given(key) ?? String(otherwise)
  const port = Number(value)
  if (/^\d{1,5}$/.test(value) && port >= 1 && port <= 65_535) return port
  throw new SettingsError(`${envOf(key)} must be a number from 1 to 65535, not ${value}.`)
}

function readEnvironment(value = 'production'): Settings['environment'] {
  if (value === 'production' || value === 'staging' || value === 'development') return value
  throw new SettingsError(
    `HOLDFAST_ENVIRONMENT must be production, staging or development, not ${value}.`,
  )
}

function readHost(value = '127.0.0.1'): string {
  if (isIP(value) !== 0) return value
  throw new SettingsError(`HOLDFAST_HOST must be an IP address, not ${value}.`)
}

function readOrigin(
  given: Given,
  key: keyof Settings,
  protocols: readonly string[],
): string | undefined {
  const value = given(key)
  if (value === undefined) return undefined
  const url = URL.canParse(value) ? new URL(value) : undefined
  const bare = url !== undefined && `${url.origin}/` === url.href
  if (bare && protocols.includes(url.protocol)) return url.origin
  const schemes = protocols.map((protocol) => `${protocol}//`).join(' or ')
  throw new SettingsError(`${envOf(key)} must be ${schemes} with a host and no path, not ${value}.`)
}

/** The value is not repeated in the refusal: it may hold a password. */
function readDatabaseUrl(value: string | undefined): string | undefined {
  if (value === undefined || /^postgres(ql)?:\/\//.test(value)) return value
  throw new SettingsError('DATABASE_URL must begin with postgresql://.')
}

function together(settings: Settings, key: keyof Settings, needs: keyof Settings): void {
  if (settings[key] !== undefined && settings[needs] === undefined) {
    throw new SettingsError(`${envOf(key)} needs ${envOf(needs)} as well.`)
  }
}

function envOf(key: keyof Settings): string {
  return table.find((setting) => setting.key === key)!.env
}
