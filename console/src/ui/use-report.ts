import { useEffect, useRef, useState } from 'react'
import { linesOf } from '../streams.ts'

interface Reported<R> {
  readonly report: R
  /** When it came, RFC 3339. */
  readonly at: string
}

interface ReportCall<P, R> {
  readonly progress: P | undefined
  readonly told: Reported<R> | undefined
  readonly error: unknown
  readonly isBusy: boolean
  /** Asks for it, anew. */
  readonly run: () => Promise<void>
  readonly stop: () => void
}

/** Long work that tells line by line how far it is, and last its report. It ends with the page. */
export function useReport<P extends object, R>(
  path: string,
  onTold: () => Promise<unknown> = async () => {},
): ReportCall<P, R> {
  const [progress, setProgress] = useState<P>()
  const [told, setTold] = useState<Reported<R>>()
  const [error, setError] = useState<unknown>()
  const [isBusy, setBusy] = useState(false)
  const stopper = useRef<AbortController>(undefined)
  const stop = () => stopper.current?.abort()
  useEffect(() => () => stopper.current?.abort(), [])

  async function run() {
    const controller = new AbortController()
    stopper.current = controller
    setBusy(true)
    setError(undefined)
    setTold(undefined)
    setProgress(undefined)
    try {
      for await (const line of linesOf<P | { readonly report: R }>(path, controller.signal))
        if ('report' in line) setTold({ report: line.report, at: new Date().toISOString() })
        else setProgress(line)
      await onTold()
    } catch (caught) {
      if (!controller.signal.aborted) setError(caught)
    } finally {
      setBusy(false)
    }
  }

  return { progress, told, error, isBusy, run, stop }
}
