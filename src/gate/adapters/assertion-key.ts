import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type AssertionKey, assertionKeyOf } from '../assertion.ts'
import { readIfThere, writePrivate } from './private-file.ts'

/** The key in `<dataDir>/tls/assertion.key` (PKCS#8 PEM, 0600), made at first use. */
export async function openAssertionKey(dataDir: string): Promise<AssertionKey> {
  const path = join(dataDir, 'tls', 'assertion.key')
  const found = await readIfThere(path)
  if (found !== undefined) return assertionKeyOf(createPrivateKey(found))
  const { privateKey } = generateKeyPairSync('ed25519')
  await mkdir(join(dataDir, 'tls'), { recursive: true, mode: 0o700 })
  await writePrivate(path, privateKey.export({ format: 'pem', type: 'pkcs8' }).toString())
  return assertionKeyOf(privateKey)
}
