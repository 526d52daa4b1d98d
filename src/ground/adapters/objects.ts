import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Type } from 'typebox'
import { Check } from 'typebox/value'
import type { ObjectStore, Settings } from '#kernel'
import { SettingsError } from '../settings.ts'
import { objectFolder } from './object-folder.ts'
import { objectS3, type S3Place } from './object-s3.ts'

const Word = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$' })

const S3Shape = Type.Object(
  {
    bucket: Type.String({ pattern: '^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$' }),
    region: Word,
    accessKeyId: Type.String({ minLength: 1, maxLength: 256 }),
    secretAccessKey: Type.String({ minLength: 1, maxLength: 256 }),
    endpoint: Type.Optional(Type.String()),
    prefix: Type.Optional(Word),
    lockDays: Type.Optional(Type.Integer({ minimum: 1, maximum: 36_500 })),
  },
  { additionalProperties: false },
)

/**
 * The store the settings name; else a folder in the data directory.
 *
 * @throws {SettingsError} when the file that names an S3 store cannot be used. It holds a secret, so
 *   the sentence repeats nothing of it.
 */
export async function openObjects(
  { dataDir, objectsDir, objectsFile }: Pick<Settings, 'dataDir' | 'objectsDir' | 'objectsFile'>,
  now: () => Date,
): Promise<ObjectStore> {
  if (objectsFile !== undefined) return objectS3(readPlace(objectsFile), now)
  return objectFolder(objectsDir ?? join(dataDir, 'objects'), objectsDir !== undefined)
}

function readPlace(file: string): S3Place {
  const place = parsed(file)
  if (!Check(S3Shape, place))
    throw new SettingsError(
      `${file} must be one JSON object with bucket, region, accessKeyId and secretAccessKey; docs/settings.md says what else it may hold.`,
    )
  if (place.endpoint !== undefined && !isSafe(place.endpoint))
    throw new SettingsError(`${file}: endpoint must be https:// with a host.`)
  return place
}

function parsed(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as unknown
  } catch (error) {
    const { code = 'it is not JSON' } = error as NodeJS.ErrnoException
    throw new SettingsError(`${file} cannot be read: ${code}.`)
  }
}

/** Objects leave this machine only over TLS. */
function isSafe(endpoint: string): boolean {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined
  const local = ['localhost', '127.0.0.1', '[::1]'].includes(url?.hostname ?? '')
  return url?.protocol === 'https:' || (url?.protocol === 'http:' && local)
}
