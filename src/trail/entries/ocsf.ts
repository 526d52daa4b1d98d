/**
 * An entry as an OCSF 1.8.0 event. It names who acted and from where, so it is only ever stored sealed.
 *
 * @see https://schema.ocsf.io/1.8.0
 * @module
 */
import type { EntryDraft, SequencedEntry } from './entry.ts'
import type { TouchedSummary } from './touched.ts'

interface Activity {
  /** Event Log Activity, Datastore Activity, Authentication, Web Resources Activity or API Activity. */
  readonly class: 1008 | 6005 | 3002 | 6001 | 6003
  readonly activity: number
}

/** First match wins. The verb is the last part of an action's name. */
const activities: readonly (readonly [pattern: RegExp, activity: Activity])[] = [
  [/^identity\.(?:session\.end|self\.leave|self\.end-session)/, { class: 3002, activity: 2 }],
  [/^identity\.session\./, { class: 3002, activity: 1 }],
  [/^trail\..*\.export$/, { class: 1008, activity: 3 }],
  [/\.export$/, { class: 6001, activity: 7 }],
  [/\.import$/, { class: 6001, activity: 6 }],
  [/^vault\..*\.(?:read|open|get|show)$/, { class: 6005, activity: 1 }],
  [/^vault\..*\.(?:search|find|query)$/, { class: 6005, activity: 4 }],
  [/^vault\..*\.list$/, { class: 6005, activity: 8 }],
  [/^vault\..*\.(?:create|add)$/, { class: 6005, activity: 6 }],
  [/^vault\..*\.(?:erase|delete|destroy)$/, { class: 6005, activity: 7 }],
  [/^vault\..*\.put$/, { class: 6005, activity: 5 }],
  [/^vault\./, { class: 6005, activity: 2 }],
  [/\.(?:create|add|issue|open|begin)$/, { class: 6003, activity: 1 }],
  [/\.(?:read|get|show|list|search|find|verify|check)$/, { class: 6003, activity: 2 }],
  [/\.(?:delete|remove|revoke|end|erase|destroy)$/, { class: 6003, activity: 4 }],
  [/\./, { class: 6003, activity: 3 }],
]

/** An action outside `<room>.<thing>.<verb>` is an activity OCSF calls Other. */
const other: Activity = { class: 6003, activity: 99 }

/** Types of `actor.user` (OCSF object `user`): User, System, Service, Unknown. */
const userTypes = { person: 1, operator: 1, house: 3, workload: 4, anonymous: 0 } as const

/** Profiles that a class needs before it has all the attributes used here: `host` brings the actor. */
const profiles: Readonly<Record<number, readonly string[]>> = { 6001: ['host'] }

/** As {@link ocsfEvent} makes it. */
export type OcsfEvent = ReturnType<typeof ocsfEvent>

/** The event of one entry. Its keys follow OCSF; what OCSF has no place for stands in `unmapped`. */
export function ocsfEvent(entryId: string, log: string, draft: EntryDraft, n: TouchedSummary) {
  const { actor, action, source } = draft
  const { class: classUid, activity } = activityOf(action)
  const user = { uid: actor.id, name: actor.label, type_id: userTypes[actor.kind] }
  const session = actor.sessionId === undefined ? {} : { session: { uid: actor.sessionId } }
  return {
    activity_id: activity,
    category_uid: Math.floor(classUid / 1000),
    class_uid: classUid,
    type_uid: classUid * 100 + activity,
    severity_id: draft.outcome === 'done' ? 1 : 2,
    status_id: draft.outcome === 'done' ? 1 : 2,
    ...(draft.code === undefined ? {} : { status_code: draft.code }),
    time: draft.at.getTime(),
    metadata: {
      version: '1.8.0',
      product: { name: 'Holdfast', vendor_name: 'Holdfast' },
      uid: entryId,
      log_name: log,
      ...(profiles[classUid] === undefined ? {} : { profiles: profiles[classUid] }),
    },
    actor: { user, ...session },
    src_endpoint: isIp(source.address) ? { ip: source.address } : { name: source.address },
    ...subjectMatter(classUid, draft, user),
    ...(source.agent === undefined || classUid === 1008
      ? {}
      : { http_request: { user_agent: source.agent } }),
    count: 1,
    unmapped: {
      action,
      outcome: draft.outcome,
      scope: draft.scope,
      credential: actor.credentialId,
      grant: draft.grantId,
      purpose: draft.purpose,
      reason: draft.reason,
      touched: { subjects: n.subjects, records: n.records, categories: n.categories },
      details: draft.details,
      ...(classUid === 1008 && source.agent !== undefined ? { agent: source.agent } : {}),
    },
  }
}

/** What can be told of an entry whose payload is gone: nobody's name, no address, no reason. */
export function bareEvent(entry: SequencedEntry): OcsfEvent {
  const { entryId, log, at, action, outcome, controllerId, code, purpose } = entry
  return ocsfEvent(
    entryId,
    log,
    {
      at,
      actor: {
        id: entry.actorId,
        kind: entry.actorKind,
        assurance: 0,
        grants: [],
        label: entry.actorId,
        ...(entry.sessionId === null ? {} : { sessionId: entry.sessionId }),
        ...(entry.credentialId === null ? {} : { credentialId: entry.credentialId }),
      },
      action,
      scope: controllerId === null ? 'house' : { controllerId },
      outcome,
      ...(code === null ? {} : { code }),
      ...(purpose === null ? {} : { purpose }),
      source: { address: 'erased' },
      touched: [],
      details: {},
    },
    entry,
  )
}

/** There are as many actions as routes and jobs, and the patterns of one never change. */
const known = new Map<string, Activity>()

function activityOf(action: string): Activity {
  let activity = known.get(action)
  if (activity === undefined) {
    activity = activities.find(([pattern]) => pattern.test(action))?.[1] ?? other
    known.set(action, activity)
  }
  return activity
}

/** What each class demands beyond the base event. */
function subjectMatter(classUid: Activity['class'], draft: EntryDraft, user: object) {
  const holder = draft.scope === 'house' ? 'house' : draft.scope.controllerId
  if (classUid === 1008) return { log_name: 'Holdfast trail' }
  if (classUid === 6005) return { table: { name: 'vault.record', uid: holder } }
  if (classUid === 3002) return { user, service: { name: 'Holdfast' } }
  if (classUid === 6001) return { web_resources: [{ name: draft.action, uid: holder }] }
  return { api: { operation: draft.action } }
}

function isIp(address: string): boolean {
  return /^[\d.]+$/.test(address) || (address.includes(':') && /^[\da-f:.]+$/i.test(address))
}
