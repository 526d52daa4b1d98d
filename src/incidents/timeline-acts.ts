import { newId } from '#ground'
import { type Act, type Receipt, type Secrets } from '#kernel'
import { openPersonal, sealPersonal } from '#keys'
import type { IncidentEvent } from './incident.ts'
import { insertEvent } from './incident-store.ts'

/** What a line of the timeline says. */
export interface Telling {
  readonly kind: string
  /** One sentence of ours; ids may stand in it, names never. */
  readonly sentence: string
  readonly facts?: Readonly<Record<string, unknown>>
  /** Text of a person or of another tool; sealed. */
  readonly text?: string
}

/** Writes the next line of an incident's timeline. Lines are never changed. */
export async function tellTimeline(
  act: Act,
  incidentId: string,
  { kind, sentence, facts = {}, text }: Telling,
): Promise<void> {
  const eventId = newId()
  const sealed = text === undefined ? null : sealPersonal(act, 'house', textPlace(eventId), text)
  const { kind: actorKind, id: actorId } = act.actor
  await insertEvent(act.sql, incidentId, {
    eventId,
    at: act.now,
    actorKind,
    actorId,
    kind,
    sentence,
    facts,
    sealed,
  })
}

/** The sealed text of a line, if it has one. */
export const textOf = (
  receipt: Receipt,
  secrets: Secrets,
  { eventId, sealed }: IncidentEvent,
): string | undefined =>
  sealed === null ? undefined : openPersonal(receipt, secrets, 'house', textPlace(eventId), sealed)

const textPlace = (eventId: string) => ['incidents.incident_event', 'text', eventId]
