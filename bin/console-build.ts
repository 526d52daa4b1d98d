import { existsSync, globSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { root, run } from './children.ts'

/**
 * Builds the console when what it is made of is newer than what was built.
 *
 * @throws when it does not build; the message holds what the builder said.
 */
export async function buildConsole(say: (line: string) => void): Promise<void> {
  if (!existsSync(join(root, 'console/index.html')) || !isStale()) return
  say('building the console')
  const vite = join(root, 'node_modules/vite/bin/vite.js')
  const env = { ...process.env, NODE_ENV: 'production' }
  const { code, output, seconds } = await run([vite, 'build', 'console'], 'quiet', env)
  if (code !== 0) throw new Error(`the console could not be built:\n${output}`)
  say(`console built (${seconds.toFixed(1)} s)`)
}

function isStale(): boolean {
  const built = join(root, 'console/dist/index.html')
  if (!existsSync(built)) return true
  const builtAt = statSync(built).mtimeMs
  const sources = globSync('console/**/*', {
    cwd: root,
    exclude: (path) => /^console\/(dist|node_modules)$/.test(path),
  })
  return [...sources, 'package-lock.json'].some(
    (file) => statSync(join(root, file)).mtimeMs > builtAt,
  )
}
