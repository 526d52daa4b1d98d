import { useId, useMemo } from 'react'
import { encode } from 'uqr'
import './secrets.css'

/** A QR code as one path of an SVG: no image, no canvas, nothing the CSP must allow. */
export function Qr({ text, label }: { readonly text: string; readonly label: string }) {
  const id = useId()
  const { size, path } = useMemo(() => drawn(text), [text])
  return (
    <svg
      className="qr"
      viewBox={`0 0 ${size} ${size}`}
      aria-labelledby={id}
      shapeRendering="crispEdges"
    >
      <title id={id}>{label}</title>
      <path d={path} />
    </svg>
  )
}

function drawn(text: string): { size: number; path: string } {
  const { size, data } = encode(text, { ecc: 'M', border: 3 })
  const runs = data.flatMap((row, y) =>
    row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])),
  )
  return { size, path: runs.join('') }
}
