import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { get, Refused } from '../../api.ts'
import { keyOf } from '../../ask.ts'
import { download, type Why } from '../../streams.ts'
import { sizeText } from '../../ui/figures.ts'
import { save } from '../../ui/save.ts'
import { tell } from '../../ui/tellings.tsx'
import { pathOf } from './shapes.ts'
import { torsoOf } from './torso.ts'
import { exportRequestsPath } from './use-approved.ts'

interface Order extends Why {
  readonly controllerId: string
  readonly query: URLSearchParams
  readonly format: 'csv' | 'ndjson'
}

/** An export under way, or broken off: what came of it stays in this window until another begins. */
interface Begun {
  readonly order: Order
  /** Of the contract, which says what a line looks like. */
  readonly version: number
  pieces: Uint8Array<ArrayBuffer>[]
}

const versionOf = async (controllerId: string): Promise<number> =>
  (await get<{ version: number }>(pathOf(controllerId))).version

/** An export: how far it has come, and at its end a file. One that broke off goes on where it was. */
export function useExport() {
  const [received, setReceived] = useState(0)
  const begun = useRef<Begun>(undefined)
  const client = useQueryClient()
  /** Whether it came or not: an approval may be used up now, or have been given meanwhile. */
  const renew = (controllerId: string) =>
    client.invalidateQueries({ queryKey: keyOf(exportRequestsPath(controllerId)) })
  const fetchOn = async (one: Begun, after?: string) => {
    const { order, pieces } = one
    const query = new URLSearchParams(order.query)
    query.set('format', order.format)
    if (after !== undefined) query.set('after', after)
    const path = `${pathOf(order.controllerId)}/export?${query}`
    const { bytes, name, entryId } = await download(path, order, setReceived, pieces)
    begun.current = undefined
    save(name, bytes)
    tell(`Exported ${sizeText(bytes.size)}`, entryId)
  }
  const run = useMutation({
    mutationFn: async (order: Order) => {
      setReceived(0)
      begun.current = undefined
      const version = await versionOf(order.controllerId)
      const one: Begun = { order, version, pieces: [] }
      begun.current = one
      await fetchOn(one)
    },
    onSettled: (_done, _error, { controllerId }) => renew(controllerId),
  })
  const goOn = useMutation({
    mutationFn: async () => {
      const one = begun.current
      if (one === undefined) return undefined
      if ((await versionOf(one.order.controllerId)) !== one.version) throw contractMoved()
      const { pieces, after } = torsoOf(one.pieces, one.order.format)
      one.pieces = [...pieces]
      await fetchOn(one, after)
      return one.order.controllerId
    },
    onSuccess: (controllerId) => controllerId !== undefined && renew(controllerId),
  })
  return {
    run,
    goOn,
    received,
    start: (order: Order) => {
      goOn.reset()
      run.mutate(order)
    },
  }
}

const contractMoved = () =>
  new Refused(
    0,
    'contract-moved',
    'The contract was amended since the export began, so its lines would not fit together. Begin it again.',
  )

/** Whether it broke off in the middle of its way. */
export const brokeOff = (error: unknown): boolean =>
  error instanceof Refused && error.code === 'no-connection'
