import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

const name = 'holdfast-verify.mjs'

/** The verifier, as it goes along with a pack. */
export async function readVerifier(): Promise<{ name: string; input: Buffer }> {
  return { name, input: await readFile(join(import.meta.dirname, '../../../verifier', name)) }
}
