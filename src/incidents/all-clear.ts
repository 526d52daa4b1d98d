import type { PdfDefinition } from '#ground'

/**
 * A statement that an incident did not reach a controller, format `holdfast-all-clear/1`. It says
 * what was counted, so that the controller can count again.
 */
export interface AllClearBody {
  readonly format: 'holdfast-all-clear/1'
  readonly reference: string
  readonly incidentId: string
  readonly synthetic: boolean
  readonly processor: { readonly name: string; readonly contactPoint: string }
  readonly controller: { readonly id: string; readonly name: string }
  readonly statedAt: string
  readonly window: { readonly from: string; readonly to: string | null }
  readonly basis: {
    readonly entries: number
    readonly scopeVersion: number
    readonly scopeDigest: string
  }
}

export function allClearDocument(body: AllClearBody): PdfDefinition {
  const title = `Not affected by incident ${body.reference}`
  const { window, basis } = body
  return {
    title,
    author: body.processor.name,
    subject: `To ${body.controller.name}`,
    createdAt: new Date(body.statedAt),
    footer: `${body.reference} · ${body.processor.name}${body.synthetic ? ' · DRILL' : ''}`,
    content: [
      { text: title, heading: 1 },
      `To ${body.controller.name}.`,
      'No record of yours was read, exported, changed or erased in this incident: not with certainty, and not possibly.',
      `Looked at: everything done with the access in question from ${window.from} to ${window.to ?? 'now'}, ${basis.entries.toLocaleString('en-GB')} entries of the access trail that touched personal data, each naming the exact records. None of them lies in your data. The trail was verified.`,
      `Digest of the count (version ${basis.scopeVersion}, SHA-256): ${basis.scopeDigest}`,
      `Stated by ${body.processor.name} at ${body.statedAt}. Contact point: ${body.processor.contactPoint}`,
    ],
  }
}
