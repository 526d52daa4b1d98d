import type { IncidentDto } from '../../src/incidents/wire.ts'
import type { FindingDto } from '../../src/watch/wire.ts'

export type FindingState = FindingDto['state']
export type IncidentState = IncidentDto['state']

export const findingStates = ['open', 'incident', 'dismissed', 'closed'] as const
export const incidentStates = ['reported', 'assessing', 'contained', 'notified', 'closed'] as const

/** Filters stand in the address, where anybody may type anything. */
export const isFindingState = (value: unknown): value is FindingState =>
  findingStates.some((state) => state === value)
export const isIncidentState = (value: unknown): value is IncidentState =>
  incidentStates.some((state) => state === value)
