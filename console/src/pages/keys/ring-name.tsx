import { ControllerLink, useControllers } from '../../actors.tsx'

/** Whose keys they are. A ring no controller answers for was made by a check, and is said to be so. */
export function RingName({ ring }: { readonly ring: string }) {
  const { isReady, nameOf } = useControllers()
  if (ring === 'house') return 'The house'
  if (isReady && nameOf(ring) === undefined)
    return (
      <span className="soft" title={ring}>
        A check’s own
      </span>
    )
  return <ControllerLink id={ring} />
}
