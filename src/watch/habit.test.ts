import { deepEqual, equal, ok } from 'node:assert/strict'
import { test } from 'node:test'
import { alertBudget, chanceOf, chanceText, habitOf, noPast } from './habit.ts'

const prior = { mean: 40, dispersion: 1, hours: 4 }
const pastOf = (hours: readonly number[]) => ({
  hours: hours.length,
  sum: hours.reduce((a, b) => a + b, 0),
  sumOfSquares: hours.reduce((a, b) => a + b * b, 0),
  busiest: Math.max(...hours),
})

test('a new credential has the prior alone', () => {
  deepEqual(habitOf(noPast, prior), { mean: 40, dispersion: 1 })
})

test('mean and dispersion are the weighted ones of prior and past', () => {
  // Hours 10, 20, 30: mean 20, variance 100, dispersion (100 − 20) / 400 = 0.2.
  const habit = habitOf(pastOf([10, 20, 30]), prior)
  equal(habit.mean, (40 * 4 + 60) / 7)
  ok(Math.abs(habit.dispersion - (1 * 4 + 0.2 * 3) / 7) < 1e-12)
})

test('a steady past makes the same count less likely than an unsteady one', () => {
  const steady = habitOf(pastOf(Array.from({ length: 200 }, () => 20)), prior)
  const unsteady = habitOf(pastOf(Array.from({ length: 200 }, (_, i) => (i % 20 ? 0 : 400))), prior)
  ok(chanceOf(200, steady) < chanceOf(200, unsteady) / 1e6)
})

test('chances are written with one digit', () => {
  deepEqual(
    [chanceText(4.2e-9), chanceText(0.012), chanceText(0)],
    ['4e-9', '0.01', 'below 1e-300'],
  )
  ok(alertBudget > 2e-5 && alertBudget < 2.1e-5)
})
