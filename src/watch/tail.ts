/**
 * The upper tail of the negative binomial: how likely a habit is to produce so much or more.
 *
 * With mean m and dispersion a (variance m + a·m²) the distribution has r = 1/a and q = m/(m + r), and
 * P(X ≥ x) = I_q(x, r), the regularised incomplete beta function (Abramowitz & Stegun 26.5.26).
 */

// Lanczos approximation, g = 7, n = 9: relative error below 1e-14 on the positive axis.
const lanczos = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313,
  -176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6,
  1.5056327351493116e-7,
]
const halfLogTwoPi = 0.5 * Math.log(2 * Math.PI)

/** ln Γ(x) for x > 0. */
export function lnGamma(x: number): number {
  if (!(x > 0)) throw new RangeError('lnGamma is asked for positive numbers only')
  // Below one half the series loses digits; the reflection formula does not.
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - lnGamma(1 - x)
  const t = x + 6.5
  let sum = lanczos[0]!
  for (let i = 1; i < lanczos.length; i += 1) sum += lanczos[i]! / (x - 1 + i)
  return halfLogTwoPi + (x - 0.5) * Math.log(t) - t + Math.log(sum)
}

/** P(X ≥ `count`) for a negative binomial of this mean (> 0) and dispersion (> 0). */
export function upperTail(count: number, mean: number, dispersion: number): number {
  if (!(mean > 0) || !(dispersion > 0)) throw new RangeError('mean and dispersion are positive')
  if (count <= 0) return 1
  const r = 1 / dispersion
  const p = r / (mean + r)
  return incompleteBeta(mean / (mean + r), p, count, r)
}

/** I_q(a, b) with p = 1 − q given beside it, so that a tiny p keeps its digits. */
function incompleteBeta(q: number, p: number, a: number, b: number): number {
  const front = Math.exp(
    lnGamma(a + b) - lnGamma(a) - lnGamma(b) + a * Math.log(q) + b * Math.log(p),
  )
  // The fraction converges fast on this side of the mean; beyond it the mirror image does.
  return q < (a + 1) / (a + b + 2)
    ? (front * fraction(q, a, b)) / a
    : 1 - (front * fraction(p, b, a)) / b
}

const tiny = 1e-300
const away = (x: number) => (Math.abs(x) < tiny ? tiny : x)

/** Continued fraction of the incomplete beta (DLMF 8.17.22), by the modified method of Lentz. */
function fraction(x: number, a: number, b: number): number {
  let c = 1
  let d = 1 / away(1 - ((a + b) * x) / (a + 1))
  let h = d
  for (let m = 1; m <= 10_000; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / away(1 + even * d)
    c = away(1 + even / c)
    h *= d * c
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / away(1 + odd * d)
    c = away(1 + odd / c)
    const step = d * c
    h *= step
    if (Math.abs(step - 1) < 1e-14) return h
  }
  throw new RangeError('the incomplete beta fraction did not converge')
}
