import type { Check, ProbeAnswer, World } from '#kernel'
import { limits } from './limits.ts'

/** Two clients on loopback that nobody else uses. */
const greedyClient = '127.0.71.1'
const otherClient = '127.0.71.2'
/** A page that costs no act, and a read that goes through the whole house. */
const cheapPath = '/'
const wholePath = '/.well-known/holdfast-jwks.json'

/** A little beyond the burst, and then no more: the probe is no attack. */
const mostRequests = limits.anonymous.burst + 60
const together = 10

/**
 * Sends a burst from one loopback address until the door refuses it, then asks from another
 * address, which must be served.
 *
 * @throws when this host was too busy to send faster than the limit allows: then nothing was tried.
 */
export const checkLoadShedding: Check = async (_cross, world) => {
  const begun = world.now().getTime()
  const { sent, refusal } = await burst(world)
  const seconds = Math.max((world.now().getTime() - begun) / 1000, 0.001)
  if (refusal === undefined && sent / seconds < limits.anonymous.perSecond * 2) {
    throw new Error(`only ${sent} requests in ${seconds} s: too slow a burst to try the limit`)
  }
  const other = await world.fetch(wholePath, { localAddress: otherClient })
  const refused = refusal?.status === 429 && Number(refusal.headers['retry-after']) > 0
  const served = other.status === 200
  return {
    holds: refused && served,
    finding: sentence(refused, served, sent),
    n: Number(refused) + Number(served),
    of: 2,
    facts: {
      sent,
      seconds,
      limit: limits.anonymous,
      greedyStatus: refusal?.status ?? 200,
      retryAfterSeconds: Number(refusal?.headers['retry-after'] ?? 0),
      otherStatus: other.status,
    },
    probe: {
      tried: `Up to ${mostRequests} requests at once from one address (limit: ${limits.anonymous.burst}).`,
      answer:
        refusal === undefined
          ? `All ${sent} were answered.`
          : `Refused with ${refusal.status} after ${sent} requests; another address got ${other.status}.`,
      refused,
    },
  }
}

/** Sends until one request is refused or the bound is reached. */
async function burst(world: World): Promise<{ sent: number; refusal: ProbeAnswer | undefined }> {
  let sent = 0
  let refusal: ProbeAnswer | undefined
  const client = async () => {
    while (sent < mostRequests && refusal === undefined) {
      sent += 1
      const answer = await world.fetch(cheapPath, { localAddress: greedyClient })
      if (answer.status === 429 || answer.status === 503) refusal = answer
    }
  }
  await Promise.all(Array.from({ length: together }, client))
  return { sent, refusal }
}

function sentence(refused: boolean, served: boolean, sent: number): string {
  if (!refused) return `A burst of ${sent} requests from one client was not refused.`
  return served
    ? `A client was refused within ${sent} requests while another was served.`
    : `A client was refused within ${sent} requests, but another was not served either.`
}
