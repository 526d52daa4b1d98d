import { styleText } from 'node:util'
import type { Report } from './breach.ts'
import type { Counted } from './thief.ts'

/** The report for people: timeline with the seconds between, counts beside the truth, files. */
export function printReport(report: Report, out: NodeJS.WriteStream): void {
  const bold = (text: string) => (out.isTTY ? styleText('bold', text) : text)
  const lines = [
    '',
    bold(
      `${report.incident}: ${report.reads} reads by the thief, then ${report.refusedWith ?? 'no refusal'}`,
    ),
    '',
    ...timelineLines(report),
    '',
    bold('Counted from the trail, beside what was really given out'),
    ...report.controllers.flatMap(({ name, certain, possible, equal }) => [
      `  ${name}  ${equal ? 'equal' : 'DIFFERENT'}`,
      `    certain   ${sentence(certain.counted)}   truth ${sentence(certain.truth)}`,
      `    possible  ${sentence(possible.counted)}   truth ${sentence(possible.truth)}`,
    ]),
    '',
    bold('Drafted notices'),
    ...report.notices.map(({ controller, file }) => `  ${controller}  ${file}`),
    `  all-clear for the third controller: ${report.allClear}`,
    '',
    ...report.problems.map((problem) => `PROBLEM: ${problem}`),
  ]
  out.write(`${lines.join('\n')}\n`)
}

function timelineLines({ timeline }: Report): string[] {
  const start = Date.parse(timeline[0]?.at ?? '')
  let before = start
  return timeline.map(({ what, at }) => {
    const here = Date.parse(at)
    const line = `  ${what.padEnd(18)} ${at}  +${seconds(here - start)} s  (${seconds(here - before)} s after the step before)`
    before = here
    return line
  })
}

const seconds = (ms: number) => (ms / 1000).toFixed(3)

function sentence({ subjects, records, categories }: Counted): string {
  const each = Object.entries(categories).map(([name, held]) => `${name} ${held.records}`)
  return `${subjects} subjects, ${records} records${each.length > 0 ? ` (${each.join(', ')})` : ''}`
}
