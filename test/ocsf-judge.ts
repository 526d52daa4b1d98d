import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Compile } from 'typebox/schema'

/** The classes of OCSF 1.8.0 that we use, as JSON Schema made of OCSF's own definition. */
const { classes, $defs } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../src/trail/testdata/ocsf-1.8.0.json'), 'utf8'),
) as { classes: Record<string, object>; $defs: object }

const compiled = new Map(
  Object.entries(classes).map(([uid, schema]) => [uid, Compile({ ...schema, $defs })]),
)

/** What OCSF's schema has against an event as it would be sent; empty when nothing. */
export function wrongInOcsf(event: unknown): string[] {
  const uid = String((event as { class_uid?: unknown }).class_uid)
  const judge = compiled.get(uid)
  if (judge === undefined) return [`class ${uid} is none of ours`]
  const [, errors] = judge.Errors(JSON.parse(JSON.stringify(event)))
  return errors.map(({ instancePath, message }) => `${instancePath} ${message}`)
}
