import { Readable } from 'node:stream'

/** Made-up people, the same for the same seed. No real person is among them. */
export interface Made {
  readonly no: string
  readonly name: string
  readonly email: string
  readonly phone: string
  /** Every third has payment data too. */
  readonly iban: string | undefined
}

const onsets = ['b', 'd', 'f', 'gr', 'h', 'k', 'l', 'm', 'n', 'p', 'r', 's', 't', 'v', 'w', 'z']
const vowels = ['a', 'e', 'i', 'o', 'u', 'ia', 'eo', 'ou']

/** A generator of numbers in [0, 1) (mulberry32): small, fast, and not for secrets. */
export function dice(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

export function* people(seed: number, count: number): Generator<Made> {
  const roll = dice(seed)
  const pick = (from: readonly string[]) => from[Math.floor(roll() * from.length)]!
  const word = () => {
    const parts = Array.from(
      { length: 2 + Math.floor(roll() * 2) },
      () => pick(onsets) + pick(vowels),
    )
    const text = parts.join('')
    return text[0]!.toUpperCase() + text.slice(1)
  }
  for (let i = 0; i < count; i += 1) {
    const [given, family] = [word(), word()]
    const no = `D${seed}-${String(i + 1).padStart(6, '0')}`
    yield {
      no,
      name: `${given} ${family}`,
      // example.org is kept for examples (RFC 2606): nothing sent there reaches anybody.
      email: `${given}.${family}.${i + 1}@example.org`.toLowerCase(),
      phone: `+49155501${String(Math.floor(roll() * 1e6)).padStart(6, '0')}`,
      iban: i % 3 === 0 ? `XX00${String(Math.floor(roll() * 1e12)).padStart(16, '0')}` : undefined,
    }
  }
}

/** As NDJSON, made while it is sent. */
export function ndjson(made: Iterable<unknown>): Readable {
  return Readable.from(inPieces(made), { objectMode: false })
}

function* inPieces(made: Iterable<unknown>): Generator<string> {
  let piece = ''
  for (const one of made) {
    piece += `${JSON.stringify(one)}\n`
    if (piece.length < 65_536) continue
    yield piece
    piece = ''
  }
  if (piece !== '') yield piece
}
