/**
 * Whose signatures count (C2SP tlog-policy).
 *
 * ```
 * log <verifier key> [<url>]
 * witness <name> <verifier key> [<url>]
 * group <name> all|any|<k> <name>...
 * quorum <name>|none
 * ```
 *
 * Spaces and tabs separate; empty lines and lines that begin with `#` do not count. A group names only
 * what stands above it, and nothing is a member twice.
 *
 * See https://c2sp.org/tlog-policy
 */
import { equal } from './bytes.ts'
import { parseVerifierKey, type VerifierKey } from './note.ts'

export interface Policy {
  readonly logs: readonly VerifierKey[]
  /** Witnesses by the names the policy gives them. */
  readonly witnesses: ReadonlyMap<string, VerifierKey>
  /** Whether these witnesses, by their names in the policy, are enough. */
  isQuorum(witnessed: ReadonlySet<string>): boolean
}

type Rule = (witnessed: ReadonlySet<string>) => boolean

/** @throws {RangeError} for anything that is no policy, with the line. */
export function parsePolicy(text: string): Policy {
  const logs: VerifierKey[] = []
  const witnesses = new Map<string, VerifierKey>()
  const rules = new Map<string, Rule>()
  const used = new Set<string>()
  let quorum: Rule | undefined
  const fresh = (key: VerifierKey, others: Iterable<VerifierKey>) => {
    for (const other of others) {
      if (equal(other.publicKey, key.publicKey)) throw new RangeError('the same key stands twice')
    }
    return key
  }
  const name = (given: string | undefined, rule: Rule) => {
    if (given === undefined || given === 'none' || rules.has(given)) {
      throw new RangeError(`${given ?? 'nothing'} is no new name`)
    }
    rules.set(given, rule)
  }
  const readLine = (words: readonly string[]) => {
    const [kind, ...rest] = words
    if (kind === 'log' && rest.length >= 1 && rest.length <= 2) {
      logs.push(fresh(parseVerifierKey(rest[0]!), logs))
    } else if (kind === 'witness' && rest.length >= 2 && rest.length <= 3) {
      const [own, key] = rest as [string, string]
      name(own, (witnessed) => witnessed.has(own))
      witnesses.set(own, fresh(parseVerifierKey(key), witnesses.values()))
    } else if (kind === 'group' && rest.length >= 3) {
      name(rest[0], groupOf(rest[1]!, rest.slice(2), rules, used))
    } else if (kind === 'quorum' && rest.length === 1 && quorum === undefined) {
      quorum = rest[0] === 'none' ? () => true : rules.get(rest[0]!)
      if (quorum === undefined) throw new RangeError(`${rest[0]} is not defined above`)
    } else {
      throw new RangeError('not a line of a policy')
    }
  }
  for (const [i, line] of text.split('\n').entries()) {
    const words = line.split(/[ \t]+/).filter((word) => word !== '')
    if (words.length === 0 || words[0]!.startsWith('#')) continue
    try {
      readLine(words)
    } catch (error) {
      throw new RangeError(`line ${i + 1} of the policy: ${(error as Error).message}`)
    }
  }
  if (quorum === undefined) throw new RangeError('the policy has no quorum line')
  return { logs, witnesses, isQuorum: quorum }
}

function groupOf(
  threshold: string,
  members: readonly string[],
  rules: ReadonlyMap<string, Rule>,
  used: Set<string>,
): Rule {
  const each = members.map((member) => {
    const rule = rules.get(member)
    if (rule === undefined) throw new RangeError(`${member} is not defined above`)
    if (used.has(member)) throw new RangeError(`${member} is a member twice`)
    used.add(member)
    return rule
  })
  const least = threshold === 'all' ? each.length : threshold === 'any' ? 1 : Number(threshold)
  const written = /^(?:all|any|[1-9]\d*)$/.test(threshold)
  if (!written || least > each.length) throw new RangeError(`${threshold} is no threshold here`)
  return (witnessed) => each.filter((rule) => rule(witnessed)).length >= least
}
