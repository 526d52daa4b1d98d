import type { PdfDefinition } from '#ground'
import { extentText, type NoticeBody, onlyFound } from './notice.ts'

type Blocks = PdfDefinition['content']

const when = (instant: string | null) =>
  instant === null ? 'not known' : `${instant.slice(0, 10)} ${instant.slice(11, 19)} UTC`

const phases = { initial: 'First notice', update: 'Update', final: 'Final notice' }

/** The notice as a document. The same body gives the same bytes. */
export function noticeDocument(body: NoticeBody): PdfDefinition {
  const title = `Notice of a personal data breach ${body.reference}`
  return {
    title,
    author: body.processor.name,
    subject: `To ${body.controller.name}`,
    createdAt: new Date(body.times.counted),
    footer: `${body.reference} · ${body.processor.name}${body.synthetic ? ' · DRILL, made-up people only' : ''}`,
    content: [...heading(title, body), ...items(body), ...foundation(body)],
  }
}

function heading(title: string, body: NoticeBody): Blocks {
  const drill = body.synthetic
    ? [{ text: 'This is a drill. It concerns made-up people and is sent to nobody.', bold: true }]
    : []
  return [
    { text: title, heading: 1 },
    ...drill,
    {
      table: {
        head: ['From', 'To', 'Kind'],
        rows: [[body.processor.name, body.controller.name, phases[body.phase]]],
      },
    },
    ...(body.supersedes === null ? [] : [`It brings ${body.supersedes} up to date.`]),
    { text: `Contact point: ${body.processor.contactPoint}` },
  ]
}

function items({
  nature,
  subjects,
  records,
  consequences,
  measures,
  access,
  times,
}: NoticeBody): Blocks {
  const { taken, proposed } = measures
  return [
    { text: '1 Nature of the breach', heading: 2 },
    nature,
    {
      table: {
        head: ['First access', 'Last access', 'Detected', 'Contained'],
        rows: [
          [
            when(times.firstAccess),
            when(times.lastAccess),
            when(times.detected),
            when(times.contained),
          ],
        ],
      },
    },
    { text: '2 Data subjects', heading: 2 },
    `${subjects.kinds.join(', ') || 'Data subjects'}: ${extentText(subjects)}.`,
    `Certainly read ${access.read}, exported ${access.exported}, changed ${access.written}, erased ${access.erased}; one person may stand in several of these.`,
    { text: '3 Records', heading: 2 },
    `Records: ${extentText(records)}.`,
    ...(onlyFound({ subjects, records }) ? [noRecordOpened] : []),
    {
      table: {
        head: ['Category', 'Subjects', 'Records'],
        rows: records.categories.map((category) => [
          `${category.name}${category.special ? ' (special category)' : ''}`,
          extentText(category.subjects),
          extentText(category.records),
        ]),
      },
    },
    { text: '4 Likely consequences', heading: 2 },
    consequences || 'Not assessed yet.',
    { text: '5 Measures', heading: 2 },
    { text: 'Taken', heading: 3 },
    listOr(taken, 'None yet.'),
    { text: 'Proposed', heading: 3 },
    listOr(proposed, 'None yet.'),
  ]
}

const noRecordOpened =
  'No record was opened: what was learnt is that these persons are known to the controller, and by which identifier.'

function foundation({ basis, times }: NoticeBody): Blocks {
  return [
    { text: 'What the numbers rest on', heading: 2 },
    `Counted at ${when(times.counted)} from ${basis.entries.toLocaleString('en-GB')} entries of the access trail, each of which names the exact records it touched. "Certainly" means touched in the very session that is proven hostile; "possibly" adds everything else done with the same access in the time it may have been in other hands.`,
    basis.verified
      ? `The trail was verified. Digest of the count (version ${basis.scopeVersion}, SHA-256): ${basis.scopeDigest}`
      : `The trail could not be verified (${basis.gap ?? 'unknown'}); the numbers are a floor, not the whole.`,
  ]
}

const listOr = (list: readonly string[], otherwise: string): Blocks[number] =>
  list.length === 0 ? otherwise : { list }

/** The notice as mail: what stands in the attachment, in short. */
export function noticeMail(body: NoticeBody): { readonly subject: string; readonly text: string } {
  const lines = [
    `${body.processor.name} notifies you of a personal data breach (${body.reference}, ${phases[body.phase].toLowerCase()}).`,
    '',
    body.nature,
    `Data subjects: ${extentText(body.subjects)}.`,
    `Records: ${extentText(body.records)}.`,
    ...(onlyFound(body) ? [noRecordOpened] : []),
    `Detected ${when(body.times.detected)}, contained ${when(body.times.contained)}.`,
    '',
    `The whole notice is attached, as a document and as data (holdfast-notice/1).`,
    `Contact point: ${body.processor.contactPoint}`,
  ]
  return {
    subject: `Personal data breach: notice ${body.reference}`,
    text: `${lines.join('\n')}\n`,
  }
}
