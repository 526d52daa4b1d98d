import { ZxcvbnFactory } from '@zxcvbn-ts/core'
import { adjacencyGraphs, dictionary as common } from '@zxcvbn-ts/language-common'
import { dictionary as english } from '@zxcvbn-ts/language-en'

const judge = new ZxcvbnFactory({
  dictionary: { ...common, ...english },
  graphs: adjacencyGraphs,
})

/** Its work grows with the square of the length; the house judges by as many. */
const judgedLength = 40

/** How well a password resists guessing, 0 to 4. The house demands 3, and has the last word. */
export const scoreOf = (password: string, words: readonly string[]): number =>
  judge.check(Array.from(password).slice(0, judgedLength).join(''), [...words]).score
