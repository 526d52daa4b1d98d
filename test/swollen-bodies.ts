import { ok } from 'node:assert/strict'
import type { TSchema } from 'typebox'
import { routes } from '../src/rooms.ts'
import { strictly, validatorOf } from '../src/shapes.ts'
import { spentMs } from './spent.ts'
import { wildValues } from './wild-values.ts'

type Shape = TSchema & { readonly properties?: Readonly<Record<string, Shape>> }

const keys = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`k${i}`, 1]))
const large: readonly unknown[] = [
  keys,
  'a'.repeat(300_000),
  ...[0, 'aa'].map((item) => Array.from({ length: 40_000 }, () => item)),
]

/** Bodies of one shape with as much in one place as a limit lets through, each as wrong as can be. */
function* swollen(shape: Shape): Generator<[where: string, body: unknown]> {
  yield ['', keys]
  const base = wildValues(shape, 0) as object
  for (const [name, inner] of Object.entries(shape.properties ?? {})) {
    for (const value of large) yield [name, { ...base, [name]: value }]
    if (inner.properties === undefined) continue
    for (const [place, body] of swollen(inner))
      yield [`${name}.${place}`, { ...base, [name]: body }]
  }
}

/**
 * Validates bodies of every route, swollen and wrong, and demands that none takes long.
 *
 * @param isTried - which of them, by their number within the route and the route's.
 */
export function trySwollen(isTried: (body: number, route: number) => boolean): void {
  let tried = 0
  for (const [at, route] of routes.entries()) {
    if (route.body === undefined) continue
    const validate = validatorOf(strictly(route.body), 'body')
    for (const [number, [where, body]] of [...swollen(route.body)].entries()) {
      if (!isTried(number, at)) continue
      const began = spentMs()
      validate(body)
      const took = spentMs() - began
      ok(took < 1_000, `${route.method} ${route.url} ${where}: ${Math.round(took)} ms`)
      tried += 1
    }
  }
  ok(tried > 200, `${tried} bodies were looked at`)
}
