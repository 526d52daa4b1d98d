/**
 * Incidents: from the first alarm to the last notice. What is found is cut off, counted, and told.
 *
 * @module
 */
import type { Room } from '#kernel'

export const incidents: Room = { name: 'incidents' }
