import { flow, type Route, route, Sealed, Streamed } from '#kernel'
import { readKept } from './adapters/checkpoint-file.ts'
import { present, toEntry, toReport } from './entries/wire.ts'
import { overview } from './verification/overview-acts.ts'
import { checkReceipt } from './receipts/acts.ts'
import { claimNow } from './anchors/acts.ts'
import { anchorRoutes } from './anchors/routes.ts'
import { readEntry } from './search/acts.ts'
import type { VerifyProgress } from './verification/report.ts'
import { searchRoutes } from './search/routes.ts'
import { tailRoutes } from './search/tail-routes.ts'
import { Verification } from './verification/acts.ts'
import {
  EntryParams,
  EntryProof,
  LogList,
  ReceiptAnswer,
  ReceiptQuestion,
  ReportShape,
  VerifyQuery,
} from './wire.ts'

/** Steps of the verifier in one act: a long log must neither hold a transaction open nor fill itself with verifying. */
const stepsInAct = 4

export const routes: readonly Route[] = [
  ...searchRoutes,
  ...tailRoutes,
  ...anchorRoutes,
  route({
    method: 'GET',
    url: '/v1/trail/entries/:entryId',
    action: 'trail.entry.read',
    summary: 'Show one entry, with the proof that it stands in its log.',
    params: EntryParams,
    response: EntryProof,
    effect: 'read',
    async handle(act, { params }) {
      const proven = await readEntry(act, params.entryId)
      return new Sealed(async (receipt) => {
        const { proof, verifierKey, erasedBy, ...opened } = await proven.open(receipt)
        return {
          ...toEntry(opened),
          leafBody: opened.entry.body.toString('utf8'),
          leafHash: opened.entry.leaf.toString('base64'),
          ...present({
            proof,
            verifierKey,
            erasedBy: erasedBy && { entryId: erasedBy.entryId, index: erasedBy.index },
            statement: opened.entry.statement?.toString('utf8'),
          }),
        }
      })
    },
  }),
  route({
    method: 'GET',
    url: '/v1/trail/logs',
    action: 'trail.log.list',
    summary: 'Show every log’s tree, its signatures and keys, what waits, and what may be claimed.',
    response: LogList,
    effect: 'read',
    async handle(act) {
      const { logs, pending, lagSeconds, stop, restoredAt, copies, generation } = await overview(
        act.sql,
        act.now,
      )
      return {
        items: logs.map(({ root, signedAt, ...log }) => ({
          ...log,
          root: root.toString('base64'),
          ...present({ signedAt: signedAt?.toISOString() }),
        })),
        pending,
        lagSeconds,
        generation,
        copies: copies.map(({ place, position, behind, at, failedAt, problem }) => ({
          place,
          position,
          behind,
          at: at.toISOString(),
          ...present({ failingSince: failedAt?.toISOString(), problem }),
        })),
        signing: {
          stopped: stop !== undefined,
          restored: restoredAt !== null,
          ...present({ since: stop?.at.toISOString(), because: stop?.because }),
        },
        claim: await claimNow(act.sql, act.now),
      }
    },
  }),
  route({
    method: 'POST',
    url: '/v1/trail/receipts/check',
    action: 'trail.receipt.check',
    summary: 'Hold a signed receipt against its log: whoever has one may ask.',
    // A receipt is worth nothing if only those may check it who could have cheated.
    assurance: 0,
    body: ReceiptQuestion,
    response: ReceiptAnswer,
    effect: 'read',
    async handle(act, { body }) {
      const {
        at,
        due,
        leaf,
        origin: _,
        delaySeconds: __,
        ...told
      } = await checkReceipt(act.sql, body.receipt.trim(), act.now)
      return {
        ...told,
        at: at.toISOString(),
        due: due.toISOString(),
        leafHash: leaf.toString('base64'),
      }
    },
  }),
  flow({
    flow: true,
    method: 'POST',
    url: '/v1/trail/verify',
    action: 'trail.log.verify',
    summary:
      'Recompute the whole trail and name the first bad entry; progress as NDJSON if accepted.',
    query: VerifyQuery,
    response: ReportShape,
    async handle(cross, { call, query }, { settings }) {
      const kept = await readKept(settings.dataDir)
      const steps = async function* (): AsyncGenerator<VerifyProgress, Verification> {
        let verification: Verification | undefined
        for (;;) {
          const progress = await cross(async (act) => {
            verification ??= new Verification(act.secrets, { kept, now: act.now, ...query })
            return severalSteps(() => verification!.step(act.sql))
          }, 'read')
          if (progress === undefined) return verification!
          yield progress
        }
      }
      if (call.header('accept')?.includes('application/x-ndjson') === true) {
        return new Streamed('application/x-ndjson', toLines(steps()))
      }
      const all = steps()
      for (;;) {
        const { done, value } = await all.next()
        if (done === true) return toReport(value.report())
      }
    },
  }),
]

/** The last progress of a few steps; undefined when there was nothing left to do. */
async function severalSteps(
  step: () => Promise<VerifyProgress | undefined>,
): Promise<VerifyProgress | undefined> {
  let last: VerifyProgress | undefined
  for (let i = 0; i < stepsInAct; i++) {
    const progress = await step()
    if (progress === undefined) break
    last = progress
  }
  return last
}

async function* toLines(
  steps: AsyncGenerator<VerifyProgress, Verification>,
): AsyncGenerator<string> {
  for (;;) {
    const { done, value } = await steps.next()
    if (done === true) {
      yield `${JSON.stringify({ report: value.report() })}\n`
      return
    }
    yield `${JSON.stringify(value)}\n`
  }
}
