import type { Actor, Source } from './actor.ts'
import type { Ask, Decision, May } from './permission.ts'
import type { Scope } from './scope.ts'
import type { Secrets } from './secrets.ts'
import type { Sql } from './sql.ts'

/**
 * One record an act touched: ordinals are dense per controller and never reused. Breach scope is
 * counted from these (GDPR Art. 33(3)(a)).
 */
export interface Touch {
  readonly subject: number
  /** From 1; {@link noRecord} where it is the subject itself. */
  readonly record: number
  /** The category's bit number in its controller, 0 to 30; 0 where there is no record. */
  readonly category: number
}

/**
 * In the place of a record's ordinal: the subject itself. Of somebody whose key was found, or who was read
 * and has no record, it was learnt that the controller knows them.
 */
export const noRecord = 0

export interface ActFacts {
  readonly actor: Actor
  readonly action: string
  readonly scope: Scope
  readonly now: Date
  readonly sql: Sql
  readonly secrets: Secrets
  readonly source: Source
  readonly may: May
  readonly grantId: string
  readonly purpose?: string
  readonly reason?: string
}

/**
 * One act: who does what, when, why, inside which transaction.
 *
 * Domain functions take an `Act` first and reach the world only through it. Whatever an act
 * writes and the trail entry that tells of it commit together or not at all. Only the threshold
 * makes acts; the private fields keep a copy with another actor or scope from passing for one.
 */
export class Act {
  readonly actor: Actor
  readonly action: string
  readonly scope: Scope
  /** The instant of the act. Domain code never asks the clock. */
  readonly now: Date
  /** The open transaction. */
  readonly sql: Sql
  /** The keyring. Rooms above `keys` use it through that room's face. */
  readonly secrets: Secrets
  readonly source: Source
  /** The grant that allowed this act. */
  readonly grantId: string
  /** From the contract's purposes; present wherever the route demands one. */
  readonly purpose: string | undefined
  readonly reason: string | undefined
  readonly #may: May
  readonly #touched: Touch[] = []
  readonly #concerned = new Set<number>()
  readonly #details: Record<string, unknown> = {}
  readonly #declared: Record<string, unknown> = {}

  constructor(facts: ActFacts) {
    this.actor = facts.actor
    this.action = facts.action
    this.scope = facts.scope
    this.now = facts.now
    this.sql = facts.sql
    this.secrets = facts.secrets
    this.source = facts.source
    this.grantId = facts.grantId
    this.purpose = facts.purpose
    this.reason = facts.reason
    this.#may = facts.may
  }

  /** Adds one record to the entry's exact set. Call it for each record read, written or erased. */
  touch(touch: Touch): void {
    this.#touched.push(touch)
  }

  /** Adds a subject of whom nothing but itself was found, shown or heard of: see {@link noRecord}. */
  touchSubject(subject: number): void {
    this.#touched.push({ subject, record: noRecord, category: 0 })
  }

  get touched(): readonly Touch[] {
    return this.#touched
  }

  /** Says that the act is about a subject, also where it touches none of its records. */
  concern(subject: number): void {
    this.#concerned.add(subject)
  }

  /** Subjects the act is about beside those it touches. */
  get concerned(): ReadonlySet<number> {
    return this.#concerned
  }

  /** Adds to the entry's public statement, which its leaf binds: it must name no one. */
  declare(statement: Readonly<Record<string, unknown>>): void {
    Object.assign(this.#declared, statement)
  }

  get declared(): Readonly<Record<string, unknown>> {
    return this.#declared
  }

  /** Adds a detail to the entry's sealed payload: ids, old and new values of settings, counts. */
  tell(details: Readonly<Record<string, unknown>>): void {
    Object.assign(this.#details, details)
  }

  get details(): Readonly<Record<string, unknown>> {
    return this.#details
  }

  /** Asks for something beyond the act's own action, in the act's scope and purpose (say, to reveal a field). */
  may(ask: Pick<Ask, 'action' | 'categories'>): Decision {
    const { purpose, scope } = this
    return this.#may(this.actor, {
      ...ask,
      scope,
      assurance: 0,
      ...(purpose === undefined ? {} : { purpose }),
    })
  }
}

/**
 * The controller an act is confined to. What was checked at the threshold is what is used here:
 * no act takes a controller from anywhere else.
 *
 * @throws {TypeError} when the act is the house's own; that is a fault in our code.
 */
export function controllerOf({ scope }: Act): string {
  if (scope === 'house') throw new TypeError('this act belongs to no controller')
  return scope.controllerId
}
