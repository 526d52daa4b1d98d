import { styleText } from 'node:util'

/** Progress of long work: a bar on a terminal, plain lines in a pipe. */
export interface Progress {
  /** @param done - of `total`, in whatever unit; without a total only the count is shown, and none of nothing. */
  update(done: number, total: number | undefined, note?: string): void
  finish(note: string): void
}

const barWidth = 30
const redrawMs = 100
const lineMs = 2_000

export function showProgress(
  label: string,
  out: NodeJS.WriteStream,
  now: () => number = () => performance.now(),
): Progress {
  const terminal = out.isTTY
  let shownAt = -Infinity
  const show = (text: string) => {
    if (terminal) out.write(`\r\u001b[2K${text}`)
    else out.write(`${text}\n`)
  }
  return {
    update(done, total, note = '') {
      if (now() - shownAt < (terminal ? redrawMs : lineMs)) return
      shownAt = now()
      show([label, amount(done, total, terminal), note].filter(Boolean).join('  '))
    },
    finish(note) {
      show(`${terminal ? styleText('green', '✓') : 'done:'} ${label}  ${note}`)
      if (terminal) out.write('\n')
    },
  }
}

function amount(done: number, total: number | undefined, terminal: boolean): string {
  if (total === undefined || total <= 0) return done === 0 ? '' : done.toLocaleString('en')
  const share = Math.min(1, done / total)
  const percent = `${Math.floor(share * 100)} %`
  if (!terminal) return percent
  const full = Math.round(share * barWidth)
  return `${'█'.repeat(full)}${'░'.repeat(barWidth - full)} ${percent}`
}
