/**
 * Kernel: the words every room speaks. Types and pure functions only; it imports nothing.
 *
 * @module
 */
export { Act, type ActFacts, type Touch } from './act.ts'
export { type Actor, type ActorKind, type Assurance, type Grant, type Source } from './actor.ts'
export { anonymous, house } from './actor.ts'
export type { Check, Evidence, Measure, MeasureClass, Probe } from './measure.ts'
export type { Ask, Decision, May } from './permission.ts'
export { Receipt, Sealed } from './receipt.ts'
export { Refusal } from './refusal.ts'
export type { HouseAsk, HouseCross, Job, Loop, Room } from './room.ts'
export {
  type ActRoute,
  type Call,
  type Cross,
  type Effect,
  flow,
  type FlowRoute,
  type Parts,
  type Route,
  route,
  Streamed,
} from './route.ts'
export { controllerOf, type Scope } from './scope.ts'
export { type Secrets } from './secrets.ts'
export type { Sql, Statement } from './sql.ts'
export type { MailMessage, ProbeAnswer, ProbeInit, Settings, Snapshot, World } from './world.ts'
