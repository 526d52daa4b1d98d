import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const places = [
  '/usr/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]

/** A Chromium for the browser tests: the one `CHROMIUM` names, else the first of the usual ones; undefined when none is there. */
export function findChromium(env: NodeJS.ProcessEnv): string | undefined {
  const named = env['CHROMIUM']
  if (named !== undefined && named !== '') return isProgram(named) ? named : undefined
  const path = (env['PATH'] ?? '').split(delimiter).filter((dir) => dir !== '')
  return [...places, ...path.flatMap((dir) => names.map((name) => join(dir, name)))].find(isProgram)
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
