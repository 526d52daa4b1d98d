import { ZxcvbnFactory } from '@zxcvbn-ts/core'
import { adjacencyGraphs, dictionary as common } from '@zxcvbn-ts/language-common'
import { dictionary as english } from '@zxcvbn-ts/language-en'
import { passwordWeak } from '../refusals.ts'

/** Fewest characters where the password stands alone, and where a second factor is enforced beside it. */
export const shortest = { alone: 15, besideSecondFactor: 12 }

/** Most characters: enough for any passphrase, too few to make hashing a weapon. */
export const longest = 256

/** Fewest points of zxcvbn's four: 10^8 guesses and more. */
const leastScore = 3

/** zxcvbn's work grows with the square of the length; a start this long decides as well as the whole. */
const judgedLength = 40

/** A context word shorter than this stands in too many innocent ones. */
const shortestContextWord = 4

const blocked = new Set(common['passwords-common'])
let judge: ZxcvbnFactory | undefined

/** Form C, so that one password typed on two keyboards is one password (NIST 800-63B-4 §3.1.1.2). */
export const normalPassword = (password: string): string => password.normalize('NFC')

/**
 * Demands a password that resists guessing. No composition rules: NIST 800-63B-4 §3.1.1.2 and
 * ASVS 6.2.5 forbid them, so complexity is demanded as resistance to guessing.
 *
 * @param context - words an attacker would try first: product, operator, the person's name and e-mail.
 * @throws {Refusal} `identity.password-weak`, whose facts name the reason: `too-short`, `too-long`,
 *   `common`, `context-word`, `guessable`.
 */
export function demandStrongPassword(
  password: string,
  context: readonly string[],
  fewest: number = shortest.besideSecondFactor,
): void {
  const normal = normalPassword(password)
  const length = Array.from(normal).length
  if (length < fewest) throw passwordWeak('too-short', `It has fewer than ${fewest} characters.`)
  if (length > longest) throw passwordWeak('too-long', `It has more than ${longest} characters.`)
  const lower = normal.toLowerCase()
  if (blocked.has(lower)) throw passwordWeak('common', 'It is on the list of common passwords.')
  const words = contextWords(context)
  if (words.some((word) => lower.includes(word)))
    throw passwordWeak('context-word', 'It contains a name that anybody would try first.')
  if (scoreOf(normal, words) < leastScore)
    throw passwordWeak('guessable', 'It can be guessed: use more words, or less expected ones.')
}

/** The words in given names, addresses and titles, in lower case, long enough to mean something. */
export function contextWords(context: readonly string[]): string[] {
  const words = context.flatMap((text) =>
    text
      .normalize('NFC')
      .toLowerCase()
      .split(/[^\p{L}\p{N}]+/u),
  )
  return [...new Set(words)].filter((word) => word.length >= shortestContextWord)
}

function scoreOf(password: string, words: readonly string[]): number {
  // Its dictionaries take 28 MB and a tenth of a second: made when first needed.
  judge ??= new ZxcvbnFactory({
    dictionary: { ...common, ...english },
    graphs: adjacencyGraphs,
  })
  return judge.check(Array.from(password).slice(0, judgedLength).join(''), [...words]).score
}
