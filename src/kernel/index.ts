/**
 * Kernel: the words every room speaks. Types and pure functions only; it imports nothing.
 *
 * @module
 */
export { Act, type ActFacts, controllerOf, noRecord, type Touch } from './act.ts'
export { type Actor, type ActorKind, type Assurance, type Grant, type Source } from './actor.ts'
export { anonymous, house } from './actor.ts'
export type { Check, Evidence, Measure, MeasureClass, Probe } from './measure.ts'
export type { Ask, Decision, May } from './permission.ts'
export { Receipt, Sealed } from './receipt.ts'
export { Refusal } from './refusal.ts'
export type { Cross, Effect, HouseAsk, HouseCross } from './cross.ts'
export type { Job, Loop, Room } from './room.ts'
export {
  type ActRoute,
  type Call,
  type Dialect,
  flow,
  type FlowRoute,
  type Parts,
  type Route,
  route,
  Streamed,
} from './route.ts'
export type { Scope } from './scope.ts'
export { type Secrets } from './secrets.ts'
export type { KeyedStatement, Sql, Statement } from './sql.ts'
export type {
  MailMessage,
  ObjectStore,
  ProbeAnswer,
  ProbeInit,
  Settings,
  Snapshot,
  SpaceNow,
  World,
} from './world.ts'
