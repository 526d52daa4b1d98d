import { type ReactNode, useEffect } from 'react'

/** Title of the page, one sentence under it, and what can be done with the whole page. */
export function PageHead({
  title,
  tab,
  lead,
  children,
}: {
  readonly title: ReactNode
  /** Title of the browser's tab; needed where `title` is more than text. */
  readonly tab?: string
  readonly lead?: ReactNode
  readonly children?: ReactNode
}) {
  const name = tab ?? (typeof title === 'string' ? title : 'Console')
  useEffect(() => {
    document.title = `${name} · Holdfast`
  }, [name])
  return (
    <header className="page-head">
      <div>
        <h1>{title}</h1>
        {lead !== undefined && <p>{lead}</p>}
      </div>
      {children !== undefined && <div className="row">{children}</div>}
    </header>
  )
}
