import { styleText } from 'node:util'

/** Prints an answer: JSON in a pipe or on demand, a table or `name: value` lines on a terminal. */
export function printAnswer(
  answer: unknown,
  { json, out }: { json: boolean; out: NodeJS.WriteStream },
): void {
  if (json || !out.isTTY) {
    out.write(`${JSON.stringify(answer, null, json ? 2 : undefined)}\n`)
    return
  }
  const items = (answer as { items?: unknown } | null)?.items
  if (Array.isArray(items)) out.write(`${table(items)}\n`)
  else if (typeof answer === 'object' && answer !== null) out.write(`${lines(answer, '')}\n`)
  else out.write(`${cell(answer)}\n`)
}

const widest = 44

/** Rows of plain values as columns; what is nested is left to `--json`. */
export function table(items: readonly unknown[]): string {
  if (items.length === 0) return 'nothing yet'
  const rows = items as Record<string, unknown>[]
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter((name) =>
    rows.some((row) => row[name] !== null && typeof row[name] !== 'object'),
  )
  const cells = rows.map((row) => columns.map((name) => cell(row[name])))
  const widths = columns.map((name, i) =>
    Math.min(widest, Math.max(name.length, ...cells.map((row) => row[i]!.length))),
  )
  const draw = (row: readonly string[]) =>
    row
      .map((text, i) => cut(text, widths[i]!).padEnd(widths[i]!))
      .join('  ')
      .trimEnd()
  return [styleText('bold', draw(columns)), ...cells.map(draw)].join('\n')
}

function lines(value: object, indent: string): string {
  return Object.entries(value)
    .map(([name, held]) => {
      if (Array.isArray(held) && held.every((item) => typeof item !== 'object'))
        return `${indent}${name}: ${held.join(', ')}`
      if (typeof held === 'object' && held !== null)
        return `${indent}${name}:\n${lines(held, `${indent}  `)}`
      return `${indent}${name}: ${cell(held)}`
    })
    .join('\n')
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return '–'
  return typeof value === 'string' ? value : JSON.stringify(value)
}

const cut = (text: string, width: number) =>
  text.length <= width ? text : `${text.slice(0, width - 1)}…`
