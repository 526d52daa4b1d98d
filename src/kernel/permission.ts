import type { Actor, Assurance } from './actor.ts'
import type { Scope } from './scope.ts'

/** What is asked of the threshold before an act. */
export interface Ask {
  /** `<room>.<thing>.<verb>`, as routes, jobs and loops name it. */
  readonly action: string
  readonly scope: Scope
  readonly purpose?: string
  /** Categories of personal data wanted; every one of them must be granted. */
  readonly categories?: readonly string[]
  /** What the action demands of a person's session. */
  readonly assurance: Assurance
}

/** The answer, with its ground: the grant that allows, or the refusal's code and sentence. */
export type Decision =
  | { readonly allowed: true; readonly grantId: string }
  | { readonly allowed: false; readonly code: string; readonly message: string }

/** Decides whether an actor may. Pure; identity supplies it. */
export type May = (actor: Actor, ask: Ask) => Decision
