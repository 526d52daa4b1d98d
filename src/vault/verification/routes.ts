import { type Call, flow, route, Streamed } from '#kernel'
import { contractOf } from '../controllers/acts.ts'
import { categoryOfBit, type Contract } from '../controllers/contract.ts'
import { ControllerParams } from '../wire.ts'
import {
  listDiscrepancies,
  type RecordReport,
  settleDiscrepancy,
  verifyRecords,
  type VerifyStep,
} from './acts.ts'
import type { Discrepancy } from './record-states.ts'
import * as wire from './wire.ts'

const ofController = ({ controllerId }: { controllerId: string }) => ({ controllerId })
const one = '/v1/controllers/:controllerId'

export const verifyRoutes = [
  flow({
    flow: true,
    method: 'POST',
    url: `${one}/records/verify`,
    action: 'vault.record.verify',
    summary:
      'Hold every record against what the trail says became of it, and name what differs; progress as NDJSON if accepted',
    params: ControllerParams,
    response: wire.VerifiedRecords,
    scope: ofController,
    async handle(cross, { params: { controllerId }, call }) {
      const contract = await cross((act) => contractOf(act), 'read')
      const steps = verifyRecords(cross, controllerId)
      if (wantsLines(call)) return new Streamed('application/x-ndjson', toLines(steps, contract))
      for (;;) {
        const { done, value } = await steps.next()
        if (done === true) return reportAnswer(value, contract)
      }
    },
  }),
  route({
    method: 'GET',
    url: `${one}/discrepancies`,
    action: 'vault.discrepancy.list',
    summary: 'List records that are not what the trail says, and are not settled',
    effect: 'read',
    params: ControllerParams,
    response: wire.OpenDiscrepancies,
    scope: ofController,
    async handle(act) {
      const contract = await contractOf(act)
      return {
        items: (await listDiscrepancies(act)).map(({ subjectId, foundAt, ...discrepancy }) => ({
          ...named(discrepancy, contract),
          subjectId,
          foundAt: foundAt.toISOString(),
        })),
      }
    },
  }),
  route({
    method: 'POST',
    url: `${one}/discrepancies/:record/settle`,
    action: 'vault.discrepancy.settle',
    summary: 'Take a record as it stands, though the trail says something else, with a reason',
    effect: 'write',
    params: wire.DiscrepancyParams,
    response: wire.Settled,
    scope: ofController,
    async handle(act, { params: { record } }) {
      const { found } = await settleDiscrepancy(act, record)
      return { record, version: found }
    },
  }),
]

const wantsLines = (call: Call) => call.header('accept')?.includes('application/x-ndjson') === true

const named = (discrepancy: Discrepancy, contract: Contract) => ({
  ...discrepancy,
  category: nameOfBit(contract, discrepancy.category),
})

/** Somebody who writes into the tables may name a category that no contract has. */
const nameOfBit = (contract: Contract, bit: number) =>
  contract.categories.some((category) => category.bit === bit)
    ? categoryOfBit(contract, bit).name
    : `(${bit})`

const reportAnswer = ({ discrepancies, ...facts }: RecordReport, contract: Contract) => ({
  sound: discrepancies.length === 0,
  ...facts,
  discrepancies: discrepancies.map((one) => named(one, contract)),
})

async function* toLines(
  steps: AsyncGenerator<VerifyStep, RecordReport>,
  contract: Contract,
): AsyncGenerator<string> {
  for (;;) {
    const { done, value } = await steps.next()
    if (done === true) {
      yield `${JSON.stringify({ report: reportAnswer(value, contract) })}\n`
      return
    }
    yield `${JSON.stringify(value)}\n`
  }
}
