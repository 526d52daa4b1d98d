import { Socket } from 'node:net'
import { readKeeperFile } from '#keys'
import { openPkcs11Keeper } from '../src/keys/adapters/keeper-pkcs11.ts'
import { serveKeeper } from '../src/keys/adapters/keeper-channel.ts'
import { keeperUnfit } from '../src/keys/refusals.ts'

/**
 * The key process: holds the session with a token behind PKCS#11, whose library is native code that
 * the server may not load. It is told by the supervisor which keeper file to go by, and by the other
 * end of its channel only what to wrap and unwrap.
 */
const [, , file] = process.argv
if (file === undefined) throw new TypeError('the key process is started by the supervisor')
const stream = new Socket({ fd: 3, readable: true, writable: true })
// Ctrl-C reaches the whole group of processes; this one ends with its channel, after the server.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {})
await serveKeeper(stream, async () => {
  const place = readKeeperFile(file)
  if (place.kind !== 'pkcs11') throw keeperUnfit('the keeper file names no token')
  return openPkcs11Keeper(place)
})
process.exit(0)
