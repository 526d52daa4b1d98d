import { flow, route, Sealed } from '#kernel'
import { contractOf } from '../controllers/acts.ts'
import { categoryOfBit } from '../controllers/contract.ts'
import { grantedOf } from '../records/access.ts'
import { nothingToRevoke } from '../refusals.ts'
import { anonymiseOver } from '../retention/anonymise-flow.ts'
import { ruleSentence } from '../retention/anonymise.ts'
import { previewRule } from '../retention/preview-acts.ts'
import { remainsOfController } from '../retention/remains-store.ts'
import { makeTokens, openTokens } from './acts.ts'
import { listTokenFields, revokeTokens, setTokenPolicy } from './policy-acts.ts'
import * as wire from './wire.ts'

const ofController = ({ controllerId }: { controllerId: string }) => ({ controllerId })
const one = '/v1/controllers/:controllerId'

/** What stands for data, and what remains of it. */
export const tokenRoutes = [
  route({
    method: 'POST',
    url: `${one}/tokens`,
    action: 'vault.token.make',
    summary: 'Make tokens that stand for fields wherever the values need not be',
    effect: 'write',
    purpose: 'required',
    params: wire.ControllerParams,
    body: wire.NewTokens,
    response: wire.Tokens,
    scope: ofController,
    async handle(act, { body: { fields, pattern, luhn = false } }) {
      const wanted = pattern === undefined ? undefined : { pattern, luhn }
      return { items: await makeTokens(act, fields, wanted) }
    },
  }),
  route({
    method: 'POST',
    url: `${one}/tokens/open`,
    action: 'vault.token.open',
    summary: 'Open tokens for a purpose; each touches the record it stands for',
    effect: 'read',
    purpose: 'required',
    params: wire.ControllerParams,
    body: wire.TokensToOpen,
    response: wire.OpenedTokens,
    scope: ofController,
    async handle(act, { body: { tokens } }) {
      const sealed = await openTokens(act, tokens)
      return new Sealed(async (receipt) => ({ items: await sealed.open(receipt) }))
    },
  }),
  route({
    method: 'GET',
    url: `${one}/tokens`,
    action: 'vault.token.list',
    summary: 'List each field with how its tokens may look and how many there are',
    effect: 'read',
    params: wire.ControllerParams,
    response: wire.TokenFields,
    scope: ofController,
    async handle(act) {
      return {
        items: (await listTokenFields(act)).map(({ oldestAt, newestAt, ...field }) => ({
          ...field,
          oldestAt: oldestAt && oldestAt.toISOString(),
          newestAt: newestAt && newestAt.toISOString(),
        })),
      }
    },
  }),
  route({
    method: 'PUT',
    url: `${one}/token-policy`,
    action: 'vault.token.policy',
    summary: 'Say how tokens of a field may look; those there are stay',
    effect: 'write',
    params: wire.ControllerParams,
    body: wire.SetTokenPolicy,
    response: wire.TokenPolicySet,
    scope: ofController,
    async handle(act, { body: { pattern = null, luhn = false, ...policy } }) {
      return { ...(await setTokenPolicy(act, { ...policy, pattern, luhn })) }
    },
  }),
  route({
    method: 'POST',
    url: `${one}/tokens/revoke`,
    action: 'vault.token.revoke',
    summary: 'Revoke tokens: these, or all of a field; the data stays',
    effect: 'write',
    params: wire.ControllerParams,
    body: wire.RevokeTokens,
    response: wire.TokensRevoked,
    scope: ofController,
    async handle(act, { body: { tokens, category, field, subjectId } }) {
      if (tokens !== undefined) return { revoked: await revokeTokens(act, { tokens }) }
      if (category === undefined || field === undefined) throw nothingToRevoke()
      const whose = subjectId === undefined ? {} : { subjectId }
      return { revoked: await revokeTokens(act, { category, field, ...whose }) }
    },
  }),
  route({
    method: 'POST',
    url: `${one}/anonymise/preview`,
    action: 'vault.remains.preview',
    summary: 'Try a rule on the records there are: what would remain; changes nothing',
    effect: 'read',
    params: wire.ControllerParams,
    body: wire.RuleToTry,
    response: wire.RuleTried,
    scope: ofController,
    async handle(act, { body: { category, rule } }) {
      const sealed = await previewRule(act, category, rule)
      return new Sealed(async (receipt) => {
        const { examples, ...tried } = await sealed.open(receipt)
        return {
          ...tried,
          examples: examples.map(({ remains, count }) => ({ remains: { ...remains }, count })),
        }
      })
    },
  }),
  flow({
    flow: true,
    method: 'POST',
    url: `${one}/anonymise`,
    action: 'vault.remains.make',
    summary: 'Anonymise records whose time is over, as the contract says; refused below its k',
    params: wire.ControllerParams,
    body: wire.Anonymising,
    response: wire.Anonymised,
    scope: ofController,
    handle: (cross, { body: { category, ...how } }) => anonymiseOver(cross, category, how),
  }),
  route({
    method: 'GET',
    url: `${one}/remains`,
    action: 'vault.remains.read',
    summary: 'Read what remains of erased records: how many were alike in what was kept',
    effect: 'read',
    params: wire.ControllerParams,
    response: wire.RemainsList,
    scope: ofController,
    async handle(act, { params: { controllerId } }) {
      const controller = await contractOf(act)
      const granted = grantedOf(act, controller)
      const seen = new Set(granted.map(({ bit }) => bit))
      const rows = await remainsOfController(act.sql, controllerId)
      return {
        items: rows
          .filter(({ category }) => seen.has(category))
          .map(({ category, kept, firstAt, lastAt, ...row }) => ({
            ...row,
            category: categoryOfBit(controller, category).name,
            kept: { ...kept },
            firstAt: firstAt.toISOString(),
            lastAt: lastAt.toISOString(),
          })),
        rules: granted
          .filter(({ anonymise }) => anonymise !== null)
          .map((category) => ({ category: category.name, sentence: ruleSentence(category) })),
      }
    },
  }),
]
