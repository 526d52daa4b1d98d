import { randomBytes, X509Certificate } from 'node:crypto'
import type { Database } from '#ground'
import type { HouseCross, World } from '#kernel'
import { postOutside } from '../adapters/outside.ts'
import { failureOf, settle } from './acts.ts'
import { anchorsOf, bareRoot, insertTimestamp } from './store.ts'
import { type Anchor, isTurnOf } from './rung.ts'
import {
  openTimestamp,
  queryMediaType,
  replyMediaType,
  timestampQuery,
  tokenIn,
} from './timestamp.ts'

const deadlineMs = 10_000
/** An authority's clock and ours may differ this much. */
const skewMs = 300_000

type Root = NonNullable<Awaited<ReturnType<typeof bareRoot>>>

/** One turn of having the root checkpoint dated by every authority whose turn it is, all at the same time. */
export async function timestampOnce(
  database: Database,
  cross: HouseCross,
  { now, settings }: Pick<World, 'now' | 'settings'>,
): Promise<boolean> {
  const root = await bareRoot(database)
  if (root === undefined) return false
  const due = (await anchorsOf(database, 'timestamp')).filter((a) => isTurnOf(a, root, now()))
  await Promise.all(
    due.map(async (authority) => {
      const outcome = await date(database, authority, root, { now, settings }).then(
        () => ({ held: root }),
        (error: unknown) => ({ failure: failureOf(error) }),
      )
      await settle(database, cross, authority, outcome, now())
    }),
  )
  return false
}

async function date(
  database: Database,
  authority: Anchor,
  { size, note }: Root,
  { now, settings }: Pick<World, 'now' | 'settings'>,
): Promise<void> {
  const nonce = newNonce()
  const data = Buffer.from(note)
  const answer = await postOutside(authority.url!, {
    body: timestampQuery(data, nonce),
    mediaType: queryMediaType,
    deadlineMs,
    settings,
  })
  if (answer.status !== 200 || answer.mediaType !== replyMediaType)
    throw new Error(`It answered ${answer.status} ${answer.mediaType}, and no timestamp.`)
  const token = tokenIn(answer.bytes)
  const certificate = new X509Certificate(authority.key!)
  const at = await openTimestamp(token, data, certificate, nonce).catch((error: unknown) => {
    throw new Error(`Its answer proves nothing: ${failureOf(error)}`, { cause: error })
  })
  if (Math.abs(at.getTime() - now().getTime()) > skewMs)
    throw new Error(`Its clock says ${at.toISOString()}: more than five minutes from ours.`)
  await insertTimestamp(database, { size, authority: authority.name, at, note, token })
}

/** Eight bytes that are a positive INTEGER of exactly that length. */
function newNonce(): Buffer {
  const nonce = randomBytes(8)
  nonce[0] = (nonce[0]! & 0x3f) | 0x40
  return nonce
}
