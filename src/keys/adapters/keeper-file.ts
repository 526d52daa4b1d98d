/**
 * The file that names another keeper of the root than a passphrase, JSON, mode 0600:
 *
 *     { "kind": "pkcs11", "module": "/usr/lib/softhsm/libsofthsm2.so", "token": "holdfast",
 *       "key": "holdfast-root", "pinFile": "pin" }
 *     { "kind": "aws-kms", "keyArn": "arn:aws:kms:eu-central-1:…:key/…", "endpoint"?, "region"?,
 *       "accessKeyId"?, "secretKeyFile"? }
 *     { "kind": "transit", "url": "https://bao.example:8200", "mount"?: "transit", "key": "holdfast",
 *       "tokenFile": "token", "caFile"?: "ca.pem", "namespace"? }
 *
 * Paths are relative to the file. Secrets stand in files of their own, never here.
 */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { keeperFileWrong } from '../refusals.ts'

export interface Pkcs11Place {
  readonly kind: 'pkcs11'
  readonly module: string
  readonly token: string
  readonly key: string
  readonly pinFile: string
}

export interface KmsPlace {
  readonly kind: 'aws-kms'
  readonly keyArn: string
  readonly endpoint?: string
  readonly region: string
  readonly accessKeyId?: string
  readonly secretKeyFile?: string
}

export interface TransitPlace {
  readonly kind: 'transit'
  readonly url: string
  readonly mount: string
  readonly key: string
  readonly tokenFile: string
  readonly caFile?: string
  readonly namespace?: string
}

export type KeeperPlace = Pkcs11Place | KmsPlace | TransitPlace

const known = {
  pkcs11: { needs: ['module', 'token', 'key', 'pinFile'], may: [] },
  'aws-kms': { needs: ['keyArn'], may: ['endpoint', 'region', 'accessKeyId', 'secretKeyFile'] },
  transit: { needs: ['url', 'key', 'tokenFile'], may: ['mount', 'caFile', 'namespace'] },
} as const

const paths = ['module', 'pinFile', 'secretKeyFile', 'tokenFile', 'caFile']

/** @throws {Refusal} `keys.keeper-file-wrong`, with the sentence that says what to change. */
export function readKeeperFile(file: string): KeeperPlace {
  if (!existsSync(file)) throw keeperFileWrong(`${file} is not there`)
  const given = parsed(file)
  const kind = given['kind']
  if (kind !== 'pkcs11' && kind !== 'aws-kms' && kind !== 'transit')
    throw keeperFileWrong(`kind in ${file} must be pkcs11, aws-kms or transit`)
  const { needs, may } = known[kind]
  const names = new Set<string>(['kind', ...needs, ...may])
  for (const [name, value] of Object.entries(given)) {
    if (!names.has(name)) throw keeperFileWrong(`${file} names ${name}, which a ${kind} has not`)
    if (typeof value !== 'string' || value === '')
      throw keeperFileWrong(`${name} in ${file} must be text`)
  }
  for (const name of needs)
    if (given[name] === undefined) throw keeperFileWrong(`${file} does not name its ${name}`)
  const found = given as Record<string, string>
  for (const name of paths)
    if (found[name] !== undefined) found[name] = resolve(dirname(file), found[name])
  return completed(found, file)
}

function completed(found: Record<string, string>, file: string): KeeperPlace {
  if (found['kind'] === 'aws-kms') {
    const inArn = /^arn:aws[\w-]*:kms:([a-z\d-]+):\d{12}:key\/[\w-]+$/.exec(found['keyArn']!)?.[1]
    if (inArn === undefined)
      throw keeperFileWrong(`keyArn in ${file} must be the ARN of a key, not of an alias`)
    if ((found['accessKeyId'] === undefined) !== (found['secretKeyFile'] === undefined))
      throw keeperFileWrong(`${file} needs accessKeyId and secretKeyFile together`)
    return { region: inArn, ...found } as unknown as KmsPlace
  }
  if (found['kind'] === 'transit') {
    const url = URL.canParse(found['url']!) ? new URL(found['url']!) : undefined
    const local = url !== undefined && ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname)
    if (url === undefined || !(url.protocol === 'https:' || (url.protocol === 'http:' && local)))
      throw keeperFileWrong(`url in ${file} must begin with https://`)
    return { mount: 'transit', ...found, url: url.origin } as unknown as TransitPlace
  }
  return found as unknown as Pkcs11Place
}

function parsed(file: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'))
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>
  } catch {
    // Not repeated: what stands there may be a secret in the wrong file.
  }
  throw keeperFileWrong(`${file} must hold one JSON object`)
}

/** Files that the server itself must read to reach its keeper. The PIN of a token is not among them. */
export function filesOfKeeper(file: string | undefined): string[] {
  if (file === undefined || !existsSync(file)) return file === undefined ? [] : [file]
  const place = readKeeperFile(file)
  if (place.kind === 'transit') return [file, place.tokenFile, ...present(place.caFile)]
  return place.kind === 'aws-kms' ? [file, ...present(place.secretKeyFile)] : [file]
}

const present = (path: string | undefined): string[] => (path === undefined ? [] : [path])

/** A secret of one line. @throws {Refusal} `keys.keeper-denied` where it cannot be read. */
export function readSecretLine(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    throw keeperFileWrong(`${file} cannot be read`)
  }
}
