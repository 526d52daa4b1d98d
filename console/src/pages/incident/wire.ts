import type { Static } from 'typebox'
import type {
  AllClearDto,
  IncidentDto,
  NoticeDto,
  NoticeSummary as Summary,
  ScopeDto,
  WholeIncidentDto,
} from '../../../../src/incidents/wire.ts'
import { ask, part } from '../../ask.ts'
import type { Tone } from '../../ui/state.tsx'

export type Incident = IncidentDto
export type WholeIncident = WholeIncidentDto
export type Scope = ScopeDto
export type Notice = NoticeDto
export type NoticeSummary = Summary
export type Clock = WholeIncident['clocks'][number]
export type AllClear = Static<typeof AllClearDto>

export const incidentPath = (incidentId: string): string => `/v1/incidents/${part(incidentId)}`
export const incidentQuery = (incidentId: string) => ask<WholeIncident>(incidentPath(incidentId))

export const noticePath = (noticeId: string): string => `/v1/notices/${part(noticeId)}`

/** What a write in an incident makes old: itself, its notices, the list. */
export const renewed = [
  ['v1', 'incidents'],
  ['v1', 'notices'],
] as const

export const stateTones: Readonly<Record<Incident['state'], Tone>> = {
  reported: 'bad',
  assessing: 'bad',
  contained: 'warn',
  notified: 'warn',
  closed: 'plain',
}

export const severityTones: Readonly<Record<Incident['severity'], Tone>> = {
  certain: 'bad',
  high: 'bad',
  medium: 'warn',
  low: 'plain',
}

/** Whether a notice still has to go out. */
export const isWaiting = ({ state }: NoticeSummary): boolean =>
  state === 'draft' || state === 'approved'
