import type { World } from '#kernel'
import type { Teller } from './notice-draft.ts'

/** Who speaks in notices and statements, as it was set from outside. */
export const tellerOf = ({ settings }: World): Teller => ({
  processorName: settings.processorName,
  contactPoint: settings.contactPoint,
})
