/**
 * One line of JSON about a fault of ours, for the log of the process. Faults of the database and of
 * parsers quote what they were given, which may be personal: of those it names kind, code and place,
 * never the message.
 */
export function faultLine(error: unknown, about: string, at: Date): string {
  const isError = error instanceof Error
  const { name, message, stack, code, severity, table, constraint } = (
    isError ? error : new TypeError(`thrown: ${typeof error}`)
  ) as Error & Readonly<Record<'code' | 'severity' | 'table' | 'constraint', unknown>>
  const quotes = severity !== undefined || error instanceof SyntaxError
  const where = stack?.split('\n').filter((line) => /^\s+at /.test(line)) ?? []
  return JSON.stringify({
    at: at.toISOString(),
    about,
    name,
    code,
    table,
    constraint,
    ...(quotes ? {} : { message }),
    stack: where.map((line) => line.trim()).join('\n'),
  })
}
