import { Readable } from 'node:stream'
import { flow, type Route } from '#kernel'
import {
  type BreachDraft,
  BreachFileBroken,
  draftBreachFile,
  readBreachList,
} from '../adapters/breach-file.ts'
import {
  breachListBroken,
  breachListBusy,
  breachListInterrupted,
  breachListNotValid,
  breachListNoRoom,
} from '../refusals.ts'
import { falsePositives, LineFault } from './breach-filter.ts'
import * as wire from './breach-wire.ts'

/** One at a time: two would write the same draft. */
let importing = false

/** The list of breached passwords this node holds new passwords against. */
export const breachRoutes: readonly Route[] = [
  flow({
    flow: true,
    method: 'PUT',
    url: '/v1/breach-list',
    action: 'identity.breach-list.import',
    summary: 'Imports a list of breached passwords (Have I Been Pwned, SHA-1, ordered by hash).',
    streams: ['application/octet-stream'],
    response: wire.BreachList,
    async handle(cross, { stream }, world) {
      if (importing) throw breachListBusy()
      importing = true
      try {
        const { dataDir } = world.settings
        const draft = await drafted(dataDir, stream ?? Readable.from([]), world.now())
        const { entries, bytes, madeAt } = draft
        try {
          // Told before it counts: nothing is in force that no entry tells of.
          await cross(async (act) => act.tell({ entries, bytes }))
        } catch (error) {
          await draft.drop()
          throw error
        }
        await draft.keep()
        return { imported: { entries, bytes, madeAt: madeAt.toISOString(), falsePositives } }
      } finally {
        importing = false
      }
    },
  }),

  flow({
    flow: true,
    method: 'GET',
    url: '/v1/breach-list',
    action: 'identity.breach-list.read',
    summary: 'Says which list of breached passwords is in force here.',
    response: wire.BreachList,
    async handle(cross, _parts, { settings }) {
      await cross(async () => undefined, 'read')
      const list = await readBreachList(settings.dataDir).catch((error: unknown) => {
        throw error instanceof BreachFileBroken ? breachListBroken() : error
      })
      if (list === undefined) return { imported: null }
      const { entries, bytes, madeAt } = list
      return { imported: { entries, bytes, madeAt: madeAt.toISOString(), falsePositives } }
    },
  }),
]

async function drafted(dataDir: string, stream: Readable, now: Date): Promise<BreachDraft> {
  try {
    // Left early, the stream stays open: the refusal goes out on its connection.
    return await draftBreachFile(dataDir, stream.iterator({ destroyOnReturn: false }), now)
  } catch (error) {
    if (error instanceof LineFault) throw breachListNotValid(error)
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') throw breachListNoRoom()
    if (stream.readableAborted || (error as NodeJS.ErrnoException).code === 'ECONNRESET')
      throw breachListInterrupted()
    throw error
  }
}
