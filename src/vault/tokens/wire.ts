import { type TSchema, Type } from 'typebox'
import { AnonymiseRule } from '../wire.ts'
import { tokenForms } from './token.ts'

const Uuid = Type.String({
  pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
  description: 'UUID, lower case',
})
const Instant = Type.String({ format: 'date-time' })
const Count = Type.Integer({ minimum: 0 })
const Name = Type.String({ minLength: 1, maxLength: 64 })
const maybe = <T extends TSchema>(shape: T) => Type.Optional(shape)
const Value = Type.Union([Type.String(), Type.Number(), Type.Boolean()])
const ValueOrNull = Type.Union([Value, Type.Null()])

export const ControllerParams = Type.Object({ controllerId: Uuid })

const place = { subjectId: Uuid, category: Name, field: Name }
const token = { ...place, token: Type.String() }
export const NewTokens = Type.Object({
  fields: Type.Array(Type.Object(place), { minItems: 1, maxItems: 100 }),
  pattern: maybe(
    Type.String({
      maxLength: 128,
      description:
        '9 a digit, a and A letters, * digit or letter, \\x the character x, all else itself; left out: 192 random bits',
    }),
  ),
  luhn: maybe(Type.Boolean({ description: 'the digits pass the check of card numbers' })),
})
export const Tokens = Type.Object({ items: Type.Array(Type.Object(token)) })
export const TokensToOpen = Type.Object({
  tokens: Type.Array(Type.String({ minLength: 1, maxLength: 128 }), { minItems: 1, maxItems: 100 }),
})
export const OpenedTokens = Type.Object({
  items: Type.Array(Type.Object({ ...token, value: ValueOrNull })),
})

const policy = {
  category: Name,
  field: Name,
  form: Type.Enum(tokenForms, {
    description: 'any, none, random, or pattern: drawn into this one alone',
  }),
}
export const TokenFields = Type.Object({
  items: Type.Array(
    Type.Object({
      ...policy,
      pattern: Type.Union([Type.String(), Type.Null()]),
      luhn: Type.Boolean(),
      tokens: Count,
      oldestAt: Type.Union([Instant, Type.Null()]),
      newestAt: Type.Union([Instant, Type.Null()]),
    }),
  ),
})
export const SetTokenPolicy = Type.Object({
  ...policy,
  pattern: maybe(Type.String({ maxLength: 128 })),
  luhn: maybe(Type.Boolean()),
})
export const TokenPolicySet = Type.Object({
  ...policy,
  pattern: Type.Union([Type.String(), Type.Null()]),
  luhn: Type.Boolean(),
})
export const RevokeTokens = Type.Object({
  tokens: maybe(
    Type.Array(Type.String({ minLength: 1, maxLength: 128 }), {
      minItems: 1,
      maxItems: 1000,
      description: 'these; or else all of a field',
    }),
  ),
  category: maybe(Name),
  field: maybe(Name),
  subjectId: maybe(Uuid),
})
export const TokensRevoked = Type.Object({ revoked: Count })

export const RuleToTry = Type.Object({ category: Name, rule: AnonymiseRule })
export const RuleTried = Type.Object({
  category: Name,
  sentence: Type.String(),
  k: Count,
  records: Count,
  more: Type.Boolean(),
  kept: Count,
  dropped: Count,
  groups: Count,
  tooFew: Count,
  examples: Type.Array(
    Type.Object({ remains: Type.Record(Type.String(), ValueOrNull), count: Count }),
  ),
})

export const Anonymising = Type.Object({
  category: Name,
  check: maybe(Type.Boolean({ description: 'dry run: changes nothing' })),
  drop: maybe(
    Type.Boolean({ description: 'combinations of too few leave nothing, instead of refusing all' }),
  ),
})
export const Anonymised = Type.Object({
  category: Name,
  k: Count,
  records: Count,
  kept: Count,
  dropped: Count,
  groups: Count,
  tooFew: Count,
  smallest: Count,
  more: Type.Boolean(),
})
export const RemainsList = Type.Object({
  items: Type.Array(
    Type.Object({
      category: Name,
      version: Type.Integer(),
      kept: Type.Record(Type.String(), ValueOrNull),
      count: Count,
      firstAt: Instant,
      lastAt: Instant,
    }),
  ),
  rules: Type.Array(Type.Object({ category: Name, sentence: Type.String() })),
})
