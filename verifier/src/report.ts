/** What a verification comes to: lines a person can read, each about one thing. */

/**
 * `proven` and `refuted` are what mathematics says; `unchecked` is what could not be looked at;
 * `told` is what somebody claims and nothing here proves.
 */
export type Mark = 'proven' | 'refuted' | 'unchecked' | 'told'

export type Topic =
  | 'signature'
  | 'inclusion'
  | 'consistency'
  | 'gap'
  | 'leaf'
  | 'payload'
  | 'erasure'
  | 'root'
  | 'witness'
  | 'timestamp'
  | 'receipt'
  | 'rung'
  | 'pack'

export interface Line {
  readonly mark: Mark
  readonly topic: Topic
  readonly text: string
  /** The leaf it is about, where it is about one. */
  readonly index?: number
}

/**
 * `proven`: everything a log must show is shown. `refuted`: something is proven wrong. `incomplete`:
 * nothing is wrong, and something a log must show could not be checked.
 */
export type Outcome = 'proven' | 'refuted' | 'incomplete'

/** How far the log's word is backed by somebody else. Each rung stands on those below. */
export const rungs = ['self-signed', 'write-once copy', 'witnessed', 'timestamped'] as const

export interface Rung {
  readonly reached: 0 | 1 | 2 | 3
  readonly name: (typeof rungs)[number]
  readonly words: 'tamper-detecting' | 'tamper-evident'
}

export interface Report {
  readonly outcome: Outcome
  readonly source: string
  readonly origin: string | undefined
  readonly size: number
  /** Base64 of the root hash. */
  readonly root: string | undefined
  /** Entries whose own bytes were looked at. */
  readonly entries: number
  readonly rung: Rung | undefined
  readonly lines: readonly Line[]
}

/** Gathers lines; the first refuted one decides. */
export class Lines {
  readonly #lines: Line[] = []

  get all(): readonly Line[] {
    return this.#lines
  }

  proven(topic: Topic, text: string): void {
    this.#lines.push({ mark: 'proven', topic, text })
  }

  refuted(topic: Topic, text: string, index?: number): void {
    this.#lines.push({ mark: 'refuted', topic, text, ...(index === undefined ? {} : { index }) })
  }

  unchecked(topic: Topic, text: string): void {
    this.#lines.push({ mark: 'unchecked', topic, text })
  }

  told(topic: Topic, text: string): void {
    this.#lines.push({ mark: 'told', topic, text })
  }

  get isRefuted(): boolean {
    return this.#lines.some(({ mark }) => mark === 'refuted')
  }
}

export const counted = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString('en')} ${n === 1 ? one : many}`
