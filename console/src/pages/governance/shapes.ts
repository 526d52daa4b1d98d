import type { Static } from 'typebox'
import type {
  Obligations as ObligationsShape,
  Registers as RegistersShape,
} from '../../../../src/governance/wire.ts'
import { keyOf } from '../../ask.ts'

export type RegisterState = Static<typeof RegistersShape>['items'][number]
export type RegisterName = RegisterState['name']
export type Obligation = Static<typeof ObligationsShape>['items'][number]

/** What every entry of every register has. */
export interface Item {
  readonly id: string
  readonly owner: string
  readonly due: string
  readonly overdue: boolean
  readonly endedAt?: string
}

/** How a register bounds what can be done with its entries, beside the acts of their own life. */
export interface RegisterBounds {
  readonly name: RegisterName
  /** Part of the actions' names: `governance.vendor.list`. */
  readonly thing: string
  /** The promise can be met by having nothing. */
  readonly canBeEmpty?: true
  /** A promise sets the day. */
  readonly fixedDue?: true
  /** Closed by the last step of its own life, not by hand. */
  readonly endsBySelf?: true
}

export const bounds: Readonly<Record<RegisterName, RegisterBounds>> = {
  vendors: { name: 'vendors', thing: 'vendor', canBeEmpty: true },
  contracts: { name: 'contracts', thing: 'contract', canBeEmpty: true },
  trainings: { name: 'trainings', thing: 'training' },
  vulnerabilities: {
    name: 'vulnerabilities',
    thing: 'vulnerability',
    canBeEmpty: true,
    fixedDue: true,
    endsBySelf: true,
  },
  'penetration-tests': { name: 'penetration-tests', thing: 'penetration-test' },
  changes: { name: 'changes', thing: 'change', endsBySelf: true },
  endpoints: { name: 'endpoints', thing: 'endpoint', canBeEmpty: true },
  sites: { name: 'sites', thing: 'site' },
  releases: { name: 'releases', thing: 'release' },
}

/** What a write in a register makes old. */
export const renewed = (register: RegisterName) => [
  keyOf('/v1/registers'),
  keyOf('/v1/obligations'),
  keyOf('/v1/self/notices'),
  keyOf(`/v1/${register}`),
]
