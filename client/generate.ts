/**
 * Writes `client/src/operations.ts`: every operation of the OpenAPI document as a type.
 *
 *     node client/generate.ts
 *
 * `test/client.test.ts` fails when the file is not what this would write.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openApi } from '../src/openapi.ts'
import { routes } from '../src/rooms.ts'

interface Schema {
  readonly type?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly patternProperties?: Readonly<Record<string, Schema>>
}

interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required: boolean
  readonly schema: Schema
}

interface Operation {
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly schema: Schema }>>
  }
  readonly responses: {
    readonly '200': { readonly content?: Readonly<Record<string, { readonly schema?: Schema }>> }
  }
}

const file = join(import.meta.dirname, 'src', 'operations.ts')

/** The text of `operations.ts` for the house's routes. */
export function operationsText(): string {
  const document = openApi(routes, '', '')
  const lines = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) =>
      lineOf(`${method.toUpperCase()} ${path}`, operation as Operation),
    ),
  )
  return [
    '// Written by `node client/generate.ts` from the OpenAPI document. Do not edit.',
    '',
    '/** What an operation takes and answers with; `why`: a purpose and a reason must come along. */',
    'export interface Operations {',
    ...lines.sort(),
    '}',
    '',
  ].join('\n')
}

/** Plain JSON, or a standard's own kind of it. */
const answerOf = (content: Readonly<Record<string, { readonly schema?: Schema }>> = {}) =>
  Object.entries(content).find(([type]) => /[/+]json$/.test(type))?.[1].schema ?? {}

function lineOf(name: string, { parameters = [], requestBody, responses }: Operation): string {
  const of = (where: Parameter['in']) => parameters.filter((one) => one.in === where)
  const content = requestBody?.content ?? {}
  const json = content['application/json']
  const body =
    json !== undefined ? typeOf(json.schema) : requestBody === undefined ? 'undefined' : 'Stream'
  const parts = [
    `path: ${parametersOf(of('path'))}`,
    `query: ${parametersOf(of('query'))}`,
    `body: ${body === 'Stream' ? "'stream'" : body}`,
    `response: ${typeOf(answerOf(responses['200'].content))}`,
    `why: ${of('header').some((one) => one.name === 'holdfast-purpose')}`,
  ]
  return `  '${name}': { ${parts.join('; ')} }`
}

const parametersOf = (parameters: readonly Parameter[]): string =>
  object(parameters.map(({ name, required, schema }) => property(name, typeOf(schema), required)))

const object = (properties: readonly string[]): string =>
  properties.length === 0 ? 'object' : `{ ${properties.join('; ')} }`

const property = (name: string, type: string, required: boolean): string =>
  `${/^[a-z_$][\w$]*$/i.test(name) ? name : JSON.stringify(name)}${required ? '' : '?'}: ${type}`

function typeOf(schema: Schema): string {
  const { type, anyOf, items, properties, required = [], patternProperties } = schema
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum !== undefined)
    return schema.enum.map((value) => JSON.stringify(value)).join(' | ')
  if (anyOf !== undefined) return [...new Set(anyOf.map(typeOf))].join(' | ')
  if (type === 'array') return `readonly (${items === undefined ? 'unknown' : typeOf(items)})[]`
  if (patternProperties !== undefined)
    return `Readonly<Record<string, ${typeOf(Object.values(patternProperties)[0] ?? {})}>>`
  if (properties !== undefined)
    return object(
      Object.entries(properties).map(([name, inner]) =>
        property(name, typeOf(inner), required.includes(name)),
      ),
    )
  return plain[type ?? ''] ?? 'unknown'
}

const plain: Readonly<Record<string, string>> = {
  string: 'string',
  number: 'number',
  integer: 'number',
  boolean: 'boolean',
  null: 'null',
  object: 'object',
}

if (process.argv[1] === import.meta.filename) writeFileSync(file, operationsText())
