import { type ReactNode, useId } from 'react'
import './section.css'

/** A part of a page under its own heading, with what can be done in it at its right. */
export function Section({
  title,
  lead,
  does,
  children,
}: {
  readonly title: ReactNode
  readonly lead?: ReactNode
  readonly does?: ReactNode
  readonly children: ReactNode
}) {
  const id = useId()
  return (
    <section className="stack section" aria-labelledby={id}>
      <div className="row spread">
        <div>
          <h2 id={id}>{title}</h2>
          {lead !== undefined && <p className="soft">{lead}</p>}
        </div>
        {does !== undefined && <div className="row">{does}</div>}
      </div>
      {children}
    </section>
  )
}
