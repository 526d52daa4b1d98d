import { execFileSync } from 'node:child_process'
import { openBox, sealBox } from '../src/keys/box.ts'
import { randomBytes } from '#ground'
import { Xaes } from '../src/keys/xaes.ts'
import { median } from './parts/report.ts'

// Sealing and opening of one record, beside what OpenSSL does with the same bytes when nothing else is asked of it.

const rounds = 5
const sizes = [256, 1024, 16_384]
const associated = Buffer.alloc(98, 7)

/** OpenSSL's AES-256-GCM in MB/s for pieces of this size; undefined where there is no openssl. */
function openSsl(size: number): number | undefined {
  try {
    const args = [
      'speed',
      '-elapsed',
      '-seconds',
      '1',
      '-bytes',
      String(size),
      '-evp',
      'aes-256-gcm',
    ]
    const text = execFileSync('openssl', args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const thousands = /(\d+\.\d+)k\s*$/.exec(text.trim())?.[1]
    return thousands === undefined ? undefined : Number(thousands) / 1000
  } catch {
    return undefined
  }
}

function microseconds(count: number, deed: (i: number) => void): number {
  const times = Array.from({ length: rounds }, () => {
    const from = process.hrtime.bigint()
    for (let i = 0; i < count; i += 1) deed(i)
    return Number(process.hrtime.bigint() - from) / 1000 / count
  })
  return median(times)
}

console.log('seal: one record, one thread, key warm; beside `openssl speed -evp aes-256-gcm`')
for (const size of sizes) {
  const key = Xaes.taking(randomBytes(32))
  const plaintext = randomBytes(size)
  const box = sealBox(key, associated, plaintext)
  const count = 20_000
  const seal = microseconds(count, () => void sealBox(key, associated, plaintext))
  const open = microseconds(count, () => void openBox(key, associated, box))
  const bare = openSsl(size)
  const rate = (us: number) => size / us
  const beside = (us: number) =>
    bare === undefined
      ? ''
      : `, ${Math.round((rate(us) / bare) * 100)} % of OpenSSL's ${Math.round(bare)}`
  console.log(
    `  ${String(size).padStart(6)} bytes: seal ${seal.toFixed(1)} µs (${Math.round(rate(seal))} MB/s${beside(seal)}), open ${open.toFixed(1)} µs (${Math.round(rate(open))} MB/s${beside(open)})`,
  )
}
