import { guarded } from './formula.ts'

/**
 * One line of a table as RFC 4180 has it: quotes around what needs them, quotes inside doubled, CRLF
 * at the end. Texts are {@link guarded}, so that no spreadsheet runs one.
 */
export function csvLine(cells: readonly (string | number | boolean)[]): string {
  const quoted = cells.map((cell) => {
    const text = typeof cell === 'string' ? guarded(cell) : String(cell)
    return /[",\t\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
  })
  return `${quoted.join(',')}\r\n`
}
