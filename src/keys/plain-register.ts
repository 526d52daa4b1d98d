/**
 * Columns of words that lie readable, and why they may: each must name nobody. A room may say so
 * itself instead, in its migration: `comment on column a.b.c is 'plain: codes of ours'`.
 */
export type Plain =
  | 'ids, names of actions and kinds, all of ours'
  | 'digests'
  | 'words of a contract: purposes, categories, fields'
  | 'names of things, firms and places'
  | 'words of staff, who are told to name nobody'
  | 'sentences and figures made by the house, under ids'
  | 'what the log signs or is told by other logs'
  | 'a memory-hard hash'
  | 'public keys and certificates'
  | 'values that were made to name nobody'

const [ours, words] = [
  'ids, names of actions and kinds, all of ours',
  'words of staff, who are told to name nobody',
] as const
const things = 'names of things, firms and places'
const made = 'sentences and figures made by the house, under ids'
const contract = 'words of a contract: purposes, categories, fields'
const keysOfOthers = 'public keys and certificates'
const log = 'what the log signs or is told by other logs'

/** Names that say by themselves what a column holds. */
const byName: readonly (readonly [RegExp, Plain])[] = [
  [/_sha256$/, 'digests'],
  [/_(?:id|by|kind|version)$/, ours],
  [/^(?:action|actions|code|event|family|kind|log|logs|place|places|register|ring|rule)$/, ours],
  [/^(?:role_[ab]|role_name|role_names|roles|transports|version)$/, ours],
  [/^(?:purpose|purposes|categories|field|consents|objections)$/, contract],
]

const byPlace: Readonly<Record<string, Plain>> = {
  'continuity.backup.file': ours,
  'continuity.backup.problem': ours,
  'continuity.drill.facts': made,
  'governance.absence.reason': words,
  'governance.change.plan': words,
  'governance.change.rollback_plan': words,
  'governance.change.title': words,
  'governance.change_step.note': words,
  'governance.change_step.step': ours,
  'governance.endpoint.platform': things,
  'governance.endpoint.source': things,
  'governance.endpoint.tag': things,
  'governance.objection.reason': words,
  'governance.objection.resolution': words,
  'governance.penetration_test.engagement': things,
  'governance.penetration_test.tester': things,
  'governance.release.review': words,
  'governance.release.sbom_format': things,
  'governance.release.scan_tool': things,
  'governance.retest.method': words,
  'governance.site.country': things,
  'governance.site.name': things,
  'governance.site_attestation.statement': words,
  'governance.training.course': things,
  'governance.vendor.country': things,
  'governance.vendor.data_categories': contract,
  'governance.vendor.name': things,
  'governance.vendor.service': things,
  'governance.vulnerability.identifier': things,
  'governance.vulnerability.system': things,
  'governance.vulnerability.title': words,
  'identity.actor.disabled_because': ours,
  'identity.challenge.challenge': ours,
  'identity.credential.label': things,
  'identity.grant.revoked_because': ours,
  'identity.lock.target': ours,
  'identity.notice.facts': made,
  'identity.person.password_hash': 'a memory-hard hash',
  'identity.policy_test.sentence': words,
  'identity.policy_test.subject': ours,
  'identity.provider.name': things,
  'identity.provider.issuer': things,
  'identity.provider.strong_amr': things,
  'identity.provider.strong_acr': things,
  'identity.provider.group_claim': things,
  'identity.provider.group_roles': ours,
  'identity.review.title': words,
  'identity.review_item.probe_answer': made,
  'identity.review_schedule.title': words,
  'identity.role.description': words,
  'identity.role_conflict.why': words,
  'identity.session.ended_because': ours,
  'identity.client_authority.certificate': keysOfOthers,
  'identity.workload_key.label': things,
  'identity.workload_key.jwk': keysOfOthers,
  'identity.workload_key.thumbprint': 'digests',
  'identity.workload.name': things,
  'incidents.all_clear.body': made,
  'incidents.containment.facts': made,
  'incidents.containment.sentence': made,
  'incidents.drill.facts': made,
  'incidents.drill.seconds': made,
  'incidents.evidence.body': made,
  'incidents.incident.dedup_key': ours,
  'incidents.incident.title': words,
  'incidents.incident_event.facts': made,
  'incidents.incident_event.sentence': made,
  'incidents.notice.body': made,
  'incidents.report.receipt': ours,
  'incidents.scope.diff': made,
  'incidents.scope.result': made,
  'keys.erasure.reason': ours,
  'measures.exception.reason': words,
  'measures.observation.facts': made,
  'measures.observation.finding': made,
  'measures.observation.probe': made,
  'trail.anchor.failure': ours,
  'trail.anchor.key': log,
  'trail.anchor.name': things,
  'trail.anchor.url': things,
  'trail.anchored.prefix': things,
  'trail.checkpoint.note': log,
  'trail.copied.problem': ours,
  'trail.cosignature.line': log,
  'trail.cosignature.name': log,
  'trail.saved_search.asked': ours,
  'trail.signer.origin_prefix': log,
  'trail.state.refused_because': ours,
  'trail.state.restored_from': things,
  'trail.stream.address': things,
  'trail.stream.ca': log,
  'trail.stream.last_error': ours,
  'trail.stream.name': things,
  'trail.succession_log.lost_note': log,
  'trail.term.value': ours,
  'trail.timestamp.authority': things,
  'trail.timestamp.note': log,
  'vault.contract.facts': contract,
  'vault.import.csv_columns': contract,
  'vault.import.mapping': contract,
  'vault.import.message': made,
  'vault.import_error.message': made,
  'vault.remains.kept': 'values that were made to name nobody',
  'vault.request_step.facts': made,
  'watch.finding.facts': made,
  'watch.finding.sentence': made,
}

/** What a readable column of words holds; undefined where nobody has said. */
export function plainOf(table: string, column: string, comment: string | null): string | undefined {
  const said = /^plain: (.+)$/.exec(comment ?? '')?.[1]
  return (
    said ?? byPlace[`${table}.${column}`] ?? byName.find(([pattern]) => pattern.test(column))?.[1]
  )
}
