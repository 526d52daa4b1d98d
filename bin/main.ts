/** Where a command line goes: the supervisor, the development tools, or a verb of the CLI. */
export async function main(args: readonly string[]): Promise<number> {
  const [verb, ...rest] = args
  if (verb === 'start' && !rest.includes('--help'))
    return (await import('./supervisor.ts')).start(rest)
  if (verb === 'dev') return (await import('./dev.ts')).dev(rest)
  return (await import('../src/cli.ts')).run(args.length === 0 ? ['--help'] : [...args])
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2))
