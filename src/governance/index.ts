/**
 * Governance: what the processor does beside the running system, kept in registers whose every
 * entry has an owner and a due day.
 *
 * Life of a vendor: {@link proposeVendor}, {@link assessVendor}, {@link announceVendor},
 * {@link activateVendor}, {@link endItem}.
 *
 * @module
 */
import type { Room } from '#kernel'
import { measures } from './measures.ts'
import { routes } from './routes.ts'

export { declareNone, endItem, listObligations, listRegisters } from './register-acts.ts'
export { registerNames, type RegisterName } from './register.ts'
export { activateVendor, announceVendor, assessVendor, proposeVendor } from './vendor-acts.ts'
export { closeVulnerability, enterVulnerability } from './vulnerability-acts.ts'

export const governance: Room = { name: 'governance', routes, measures }
