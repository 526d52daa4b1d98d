import { createHash } from 'node:crypto'

/** What a scan found, counted from its SARIF 2.1.0 document. */
export interface Scan {
  readonly tool: string
  readonly errors: number
  readonly warnings: number
  readonly sha256: string
}

/** What a release is made of, counted from its CycloneDX document. */
export interface Bill {
  readonly format: string
  readonly components: number
  readonly sha256: string
}

type Json = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const objects = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isObject) : [])

/** SHA-256 of a document as it is written after parsing, so spacing does not change it. */
const digest = (document: unknown): string =>
  createHash('sha256').update(JSON.stringify(document)).digest('hex')

/**
 * Counts a SARIF 2.1.0 document. A result without a level is a warning (SARIF 2.1.0 §3.27.10);
 * suppressed results are not counted (§3.27.23).
 *
 * @returns undefined when it is no such document, or holds no run: an empty scan proves nothing.
 */
export function scanOf(document: unknown): Scan | undefined {
  if (!isObject(document) || document['version'] !== '2.1.0') return undefined
  const runs = objects(document['runs'])
  if (runs.length === 0 || runs.length !== (document['runs'] as unknown[]).length) return undefined
  const results = runs
    .flatMap((run) => objects(run['results']))
    .filter((result) => objects(result['suppressions']).length === 0)
  const count = (level: string) =>
    results.filter((result) => (result['level'] ?? 'warning') === level).length
  const tools = runs.flatMap(({ tool }) => {
    const driver = isObject(tool) ? tool['driver'] : undefined
    return isObject(driver) && typeof driver['name'] === 'string' ? [driver['name']] : []
  })
  if (tools.length !== runs.length) return undefined
  return {
    tool: [...new Set(tools)].join(', ').slice(0, 200),
    errors: count('error'),
    warnings: count('warning'),
    sha256: digest(document),
  }
}

/** Counts a CycloneDX JSON document; undefined when it is none, or names no component. */
export function billOf(document: unknown): Bill | undefined {
  if (!isObject(document) || document['bomFormat'] !== 'CycloneDX') return undefined
  const version = document['specVersion']
  const components = objects(document['components']).length
  if (typeof version !== 'string' || components === 0) return undefined
  return { format: `CycloneDX ${version}`.slice(0, 40), components, sha256: digest(document) }
}
