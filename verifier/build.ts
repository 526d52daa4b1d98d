import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { rolldown } from 'rolldown'

const here = import.meta.dirname
const banner = `#!/usr/bin/env node
/*
 * holdfast-verify: verifies C2SP transparency logs and Holdfast packs, with nothing but this file.
 * Apache-2.0. Made from verifier/src by verifier/build.ts; what is said there is what runs here.
 */
`

/** The one file of the verifier: its modules in one, types gone, in the form of the formatter. */
export async function buildVerifier(): Promise<string> {
  const bundle = await rolldown({
    input: join(here, 'src/command.ts'),
    external: /^node:/,
    platform: 'neutral',
    treeshake: false,
    cwd: here,
  })
  const { output } = await bundle.generate({ format: 'esm', minify: false })
  await bundle.close()
  const [{ code }] = output
  const formatter = join(here, '../node_modules/oxfmt/bin/oxfmt')
  return execFileSync(process.execPath, [formatter, '--stdin-filepath=holdfast-verify.mjs'], {
    cwd: here,
    input: banner + code.replaceAll(/^\/\/#(?:region|endregion).*\n/gm, ''),
    encoding: 'utf8',
    maxBuffer: 1 << 25,
  })
}

export const verifierFile = join(here, 'holdfast-verify.mjs')

if (import.meta.main) writeFileSync(verifierFile, await buildVerifier())
