import { flow, route, Sealed } from '#kernel'
import { ruleSentence } from './anonymise.ts'
import { anonymiseOver } from './anonymise-flow.ts'
import { categoryOfBit } from './contract.ts'
import { contractOf } from './controller-acts.ts'
import { remainsOfController } from './remains-store.ts'
import * as wire from './token-wire.ts'
import { makeTokens, openTokens } from './token-acts.ts'

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
      const rows = await remainsOfController(act.sql, controllerId)
      return {
        items: rows.map(({ category, kept, firstAt, lastAt, ...row }) => ({
          ...row,
          category: categoryOfBit(controller, category).name,
          kept: { ...kept },
          firstAt: firstAt.toISOString(),
          lastAt: lastAt.toISOString(),
        })),
        rules: controller.categories
          .filter(({ anonymise }) => anonymise !== null)
          .map((category) => ({ category: category.name, sentence: ruleSentence(category) })),
      }
    },
  }),
]
