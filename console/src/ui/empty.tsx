import type { ReactNode } from 'react'

/** Nothing here yet: an instruction, with the exact command or button that makes the first row. */
export const Empty = ({
  title,
  children,
}: {
  readonly title: string
  readonly children?: ReactNode
}) => (
  <section className="sheet empty">
    <h2>{title}</h2>
    {children}
  </section>
)

/** A command to type, as it is. */
export const Command = ({ children }: { readonly children: string }) => (
  <pre className="command">
    <code>{children}</code>
  </pre>
)
