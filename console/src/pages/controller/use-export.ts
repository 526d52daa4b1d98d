import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { download, type Why } from '../../streams.ts'
import { sizeText } from '../../ui/figures.ts'
import { save } from '../../ui/save.ts'
import { tell } from '../../ui/tellings.tsx'

interface Order extends Why {
  readonly path: string
}

/** An export: how far it has come, and at its end a file. */
export function useExport() {
  const [received, setReceived] = useState(0)
  const run = useMutation({
    mutationFn: async ({ path, purpose, reason }: Order) => {
      setReceived(0)
      const { bytes, name, entryId } = await download(path, { purpose, reason }, setReceived)
      save(name, bytes)
      tell(`Exported ${sizeText(bytes.size)}`, entryId)
    },
  })
  return { run, received }
}
