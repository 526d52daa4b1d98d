/** The whole of the verifier; as a program it runs, imported or in a page it only offers itself. */
import { main } from './main.ts'

export * from './index.ts'

async function isProgram(): Promise<boolean> {
  if (typeof process !== 'object' || typeof process.versions?.node !== 'string') return false
  const { realpathSync } = await import('node:fs')
  const { fileURLToPath } = await import('node:url')
  const started = process.argv[1]
  try {
    return (
      started !== undefined &&
      realpathSync(started) === realpathSync(fileURLToPath(import.meta.url))
    )
  } catch {
    return false
  }
}

if (await isProgram()) process.exitCode = await main(process.argv.slice(2), process.env)
