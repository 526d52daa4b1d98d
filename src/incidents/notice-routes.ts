import { renderPdf } from '#ground'
import {
  type Act,
  type Cross,
  flow,
  type Route,
  route,
  Sealed,
  Streamed,
  type World,
} from '#kernel'
import {
  acknowledgeNotice,
  approvable,
  approveNotice,
  type Attempt,
  type Dispatch,
  dispatchOf,
  noticePdfOf,
  noticesFor,
  noticeWithDeliveries,
  type OpenDelivery,
  readNotice,
  recordAttempts,
  withholdNotice,
  wordNotice,
} from './notice-acts.ts'
import { noticeDocument, noticeMail } from './notice-document.ts'
import { missingIn } from './notice.ts'
import type { Notice } from './notice-store.ts'
import { mailNotConfigured } from './refusals.ts'
import * as wire from './wire.ts'

const one = '/v1/notices/:noticeId'

export const noticeRoutes: readonly Route[] = [
  route({
    method: 'GET',
    url: '/v1/incidents/:incidentId/notices',
    action: 'incidents.notice.list',
    summary: 'The notices of an incident, by controller and version.',
    params: wire.IncidentParams,
    response: wire.NoticeList,
    effect: 'read',
    handle: async (act, { params }) => ({
      items: (await noticesFor(act, params.incidentId)).map(toSummary),
    }),
  }),
  route({
    method: 'GET',
    url: one,
    action: 'incidents.notice.read',
    summary: 'A notice as data, what it still lacks, and how its delivery went.',
    params: wire.NoticeParams,
    response: wire.NoticeDto,
    effect: 'read',
    handle: (act, { params }) => answerWith(act, params.noticeId),
  }),
  flow({
    method: 'GET',
    url: `${one}.pdf`,
    action: 'incidents.notice.read',
    summary: 'A notice as a document: as approved, or as the draft stands.',
    flow: true,
    params: wire.NoticeParams,
    response: wire.Done,
    async handle(cross, { params: { noticeId } }) {
      const { body, pdf } = await cross((act) => noticePdfOf(act, noticeId), 'read')
      const bytes = pdf ?? (await renderPdf(noticeDocument(body)))
      const pieces = (async function* () {
        yield bytes
      })()
      return new Streamed('application/pdf', pieces, `${body.reference.replace('/', '-')}.pdf`)
    },
  }),
  route({
    method: 'PATCH',
    url: one,
    action: 'incidents.notice.word',
    summary: "Puts a draft into a person's own words. Numbers and times stay as counted.",
    params: wire.NoticeParams,
    body: wire.WordNotice,
    response: wire.NoticeDto,
    effect: 'write',
    async handle(act, { params, body }) {
      await wordNotice(act, params.noticeId, body)
      return answerWith(act, params.noticeId)
    },
  }),
  flow({
    method: 'POST',
    url: `${one}/approve`,
    action: 'incidents.notice.approve',
    summary: 'A person approves a complete notice, or an incomplete one as a phase.',
    flow: true,
    params: wire.NoticeParams,
    body: wire.ApproveNotice,
    response: wire.NoticeDto,
    async handle(cross, { params: { noticeId }, body: { asPhase = false } }) {
      const body = await cross((act) => approvable(act, noticeId, { asPhase }))
      const pdf = await renderPdf(noticeDocument(body))
      await cross((act) => approveNotice(act, noticeId, { asPhase, pdf, body }))
      return cross((act) => answerWith(act, noticeId), 'read')
    },
  }),
  flow({
    method: 'POST',
    url: `${one}/send`,
    action: 'incidents.notice.send',
    summary:
      "Mails an approved notice to the contract's breach contacts. Repeat it for those it failed for.",
    flow: true,
    params: wire.NoticeParams,
    response: wire.NoticeDto,
    async handle(cross, { params: { noticeId } }, world) {
      await send(cross, world, noticeId)
      return cross((act) => answerWith(act, noticeId), 'read')
    },
  }),
  route({
    method: 'POST',
    url: `${one}/acknowledge`,
    action: 'incidents.notice.acknowledge',
    summary: 'Records that the controller has confirmed a notice.',
    params: wire.NoticeParams,
    response: wire.NoticeDto,
    effect: 'write',
    async handle(act, { params }) {
      await acknowledgeNotice(act, params.noticeId)
      return answerWith(act, params.noticeId)
    },
  }),
]

async function send(cross: Cross, world: World, noticeId: string): Promise<void> {
  const dispatch = await cross(async (act): Promise<Dispatch | Sealed<Dispatch>> => {
    const notice = await readNotice(act, noticeId)
    if (notice.body.synthetic)
      return { notice: await withholdNotice(act, noticeId), pdf: nothing, contacts: [] }
    if (!world.mail.configured) throw mailNotConfigured()
    return dispatchOf(act, noticeId)
  })
  if (dispatch.notice.body.synthetic) return
  const attempts: Attempt[] = []
  for (const contact of dispatch.contacts) attempts.push(await mail(world, dispatch, contact))
  await cross((act) => recordAttempts(act, noticeId, attempts))
}

const nothing = Buffer.alloc(0)

async function mail(
  { mail }: World,
  { notice: { body }, pdf }: Dispatch,
  { email }: Dispatch['contacts'][number],
): Promise<Attempt> {
  const name = body.reference.replace('/', '-')
  try {
    const answer = await mail.send({
      to: [email],
      ...noticeMail(body),
      attachments: [
        { filename: `${name}.pdf`, content: pdf, contentType: 'application/pdf' },
        {
          filename: `${name}.json`,
          content: Buffer.from(JSON.stringify(body, null, 2)),
          contentType: 'application/json',
        },
      ],
    })
    return { email, accepted: true, answer }
  } catch (error) {
    // Written down as failed; the next sending tries this contact again.
    const answer = error instanceof Error ? error.message : 'the mail server gave no reason'
    return { email, accepted: false, answer }
  }
}

async function answerWith(act: Act, noticeId: string): Promise<Sealed<wire.NoticeDto>> {
  const sealed = await noticeWithDeliveries(act, noticeId)
  return new Sealed(async (receipt) => toDto(await sealed.open(receipt)))
}

const toDto = ({
  notice,
  deliveries,
}: {
  readonly notice: Notice
  readonly deliveries: readonly OpenDelivery[]
}): wire.NoticeDto => {
  const { body } = notice
  const { subjects, records, measures } = body
  return {
    ...toSummary(notice),
    body: {
      ...body,
      subjects: { ...subjects, kinds: [...subjects.kinds] },
      records: { ...records, categories: [...records.categories] },
      measures: { taken: [...measures.taken], proposed: [...measures.proposed] },
    },
    deliveries: deliveries.map(({ at, outcome, answer }) => ({
      at: at.toISOString(),
      outcome,
      answer,
    })),
  }
}

export const toSummary = (notice: Notice): wire.NoticeSummary => ({
  noticeId: notice.noticeId,
  controllerId: notice.controllerId,
  reference: notice.body.reference,
  version: notice.version,
  phase: notice.phase,
  state: notice.state,
  partial: notice.partial,
  missing: missingIn(notice.body),
  createdAt: notice.createdAt.toISOString(),
  approvedAt: notice.approvedAt?.toISOString() ?? null,
  sentAt: notice.sentAt?.toISOString() ?? null,
  acknowledgedAt: notice.acknowledgedAt?.toISOString() ?? null,
})
