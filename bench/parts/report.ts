import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'

/** One line of the table: a figure of ours, beside the same work without us where there is one. */
export interface Figure {
  readonly what: string
  readonly ours: number
  readonly unit: 'reads/s' | 'records/s' | 'entries/s' | 'seconds' | 'ms' | 'MiB' | 'sign-ins/s'
  readonly plain?: number
  /** What was aimed at, in the same unit. */
  readonly aim?: number
  readonly note?: string
}

/** Figures of one `npm run bench`: its benches are processes of their own, and children of one. */
const file = join(tmpdir(), `holdfast-bench-${process.ppid}.json`)

/** Tells a figure, and keeps it for the table at the end. */
export function tell(figure: Figure): void {
  writeFileSync(file, JSON.stringify([...told(), figure]))
  console.log(`  ${line(figure)}`)
}

/** Prints every figure told so far as one table, and forgets them. */
export function printTable(): void {
  const figures = told()
  rmSync(file, { force: true })
  const [cpu] = cpus()
  console.log(
    `\n${new Date().toISOString().slice(0, 10)} · ${cpu?.model ?? 'unknown processor'} · ${availableParallelism()} cores · Node ${process.versions.node} · load average ${loadavg()[0]!.toFixed(1)} at the end\n`,
  )
  const rows = [['', 'Holdfast', 'plain pg', 'ratio', 'aim', ''], ...figures.map(cells)]
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)))
  for (const row of rows)
    console.log(
      row
        .map((cell, i) =>
          i === 0 || i === 5 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!),
        )
        .join('   ')
        .trimEnd(),
    )
}

function told(): Figure[] {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Figure[]) : []
}

function cells({ what, ours, unit, plain, aim, note }: Figure): string[] {
  return [
    what,
    `${number(ours)} ${unit}`,
    plain === undefined ? '' : `${number(plain)} ${unit}`,
    plain === undefined ? '' : `1 : ${(plain / ours).toFixed(1)}`,
    aim === undefined ? '' : `${number(aim)}${reached(ours, aim, unit) ? '' : ' MISSED'}`,
    note ?? '',
  ]
}

const line = (figure: Figure) =>
  cells(figure)
    .filter((cell) => cell !== '')
    .join('  ')

const reached = (ours: number, aim: number, unit: Figure['unit']) =>
  unit.endsWith('/s') ? ours >= aim : ours <= aim

const number = (value: number) =>
  value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(2)

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!
