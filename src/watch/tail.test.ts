import { deepEqual, ok, throws } from 'node:assert/strict'
import { test } from 'node:test'
import { assert, double, integer, property } from 'fast-check'
import { lnGamma, upperTail } from './tail.ts'

const near = (actual: number, exact: number, relative = 1e-10) =>
  ok(Math.abs(actual - exact) <= relative * Math.abs(exact), `${actual} is not ${exact}`)

test('ln Γ equals the factorials and the half-integer values', () => {
  let factorial = 1
  for (let n = 1; n <= 20; n += 1) {
    near(Math.exp(lnGamma(n)), factorial, 1e-12)
    factorial *= n
  }
  near(lnGamma(0.5), 0.5 * Math.log(Math.PI))
  near(lnGamma(0.25), 1.2880225246980774)
  throws(() => lnGamma(0), RangeError)
})

test('with dispersion 1 the tail is the geometric one, exactly', () => {
  for (const [count, mean] of [
    [1, 3],
    [7, 3],
    [40, 3],
    [412, 30],
    [5000, 900],
  ] as const) {
    near(upperTail(count, mean, 1), (mean / (mean + 1)) ** count)
  }
})

test('whole r agree with the sum of the probability masses', () => {
  for (const r of [1, 2, 3, 5]) {
    for (const mean of [0.5, 4, 31]) {
      for (const count of [1, 2, 9, 60])
        near(upperTail(count, mean, 1 / r), summed(count, mean, r), 1e-9)
    }
  }
})

test('the exact rational values of two hand-worked cases come out', () => {
  // r = 2, mean 2: q = 1/2, P(X = k) = (k + 1) / 2^(k + 2); P(X ≥ 3) = 1 − 1/4 − 1/4 − 3/16 = 5/16.
  near(upperTail(3, 2, 0.5), 5 / 16, 1e-12)
  // r = 1, mean 1: P(X ≥ 10) = 2^−10.
  near(upperTail(10, 1, 1), 1 / 1024, 1e-12)
})

test('nothing or less is always reached', () => {
  deepEqual([upperTail(0, 5, 1), upperTail(-3, 5, 1)], [1, 1])
})

test('the tail never rises with the count and stays a probability', () => {
  assert(
    property(
      integer({ min: 1, max: 100_000 }),
      integer({ min: 1, max: 5000 }),
      double({ min: 0.01, max: 10_000, noNaN: true }),
      double({ min: 0.05, max: 5, noNaN: true }),
      (count, more, mean, dispersion) => {
        const [here, further] = [
          upperTail(count, mean, dispersion),
          upperTail(count + more, mean, dispersion),
        ]
        ok(here >= 0 && here <= 1 && further >= 0)
        ok(further <= here * (1 + 1e-9) + 1e-15)
      },
    ),
  )
})

/** 1 − Σ for small counts, Σ of the masses themselves for the far tail. */
function summed(count: number, mean: number, r: number): number {
  const q = mean / (mean + r)
  const mass = (k: number) => {
    let choose = 1
    for (let i = 1; i < r; i += 1) choose *= (k + i) / i
    return choose * (1 - q) ** r * q ** k
  }
  let sum = 0
  for (let k = count; k < count + 20_000; k += 1) sum += mass(k)
  return sum
}
