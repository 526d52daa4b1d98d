/**
 * Where the house may go on the word of somebody who is signed in: receivers of streams, witnesses,
 * timestamp authorities, identity providers.
 *
 * Addresses of private networks, of this host and of its link are closed unless the operator's own
 * setting names the host: whoever may type in an address must not be able to make the house speak to
 * its neighbours. What is asked is the address that a name leads to at this very moment, by the very
 * lookup that connects, so a name that changes its mind afterwards leads nowhere else.
 *
 * @module
 */
import { lookup as resolveName } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { Agent, fetch } from 'undici'
import type { Settings } from '#kernel'
import { isClosed } from '../closed-addresses.ts'

/** Hosts of private networks that the operator has opened, by name or address. */
export const openedBy = ({ privateDestinations }: Pick<Settings, 'privateDestinations'>) =>
  (privateDestinations ?? '').split(',').map((host) => host.trim())

/**
 * Resolves a name as Node does, and refuses what it must not lead to.
 *
 * @throws {Error} at once, where the host is an address that is closed.
 */
export function lookupOpen({ hostname }: URL, opened: readonly string[]): LookupFunction {
  const host = bareHost(hostname)
  // Node asks nobody where an address leads.
  if (isIP(host) !== 0) demandOpen(host, host, opened)
  return (name, options, done) => {
    resolveName(name, { ...options, all: true }, (error, found) => {
      if (error !== null) return done(error, [])
      try {
        for (const { address } of found) demandOpen(address, host, opened)
      } catch (closedError) {
        return done(closedError as Error, [])
      }
      if (options.all === true) return done(null, found)
      return done(null, found[0]!.address, found[0]!.family)
    })
  }
}

/** An identity provider's description or keys come to some KB. */
const largestAnswerBytes = 1_048_576

/**
 * A `fetch` that goes only where the house may: every request is judged by itself, on a connection of
 * its own, no redirect is followed, and an answer is read whole or not at all.
 */
export const fetchOpen =
  (opened: readonly string[]) =>
  async (address: string, init: object): Promise<Response> => {
    const url = new URL(address)
    const agent = new Agent({ connect: { lookup: lookupOpen(url, opened) } })
    try {
      const answer = await fetch(url, { ...init, redirect: 'manual', dispatcher: agent })
      const pieces: Uint8Array[] = []
      let size = 0
      for await (const piece of answer.body ?? []) {
        size += piece.length
        if (size > largestAnswerBytes) throw new Error('the answer is too large')
        pieces.push(piece)
      }
      const { status } = answer
      const body = size === 0 ? null : Buffer.concat(pieces)
      return new Response(body, { status, headers: [...answer.headers] })
    } finally {
      await agent.destroy()
    }
  }

/** The host is in a private network that is not opened. */
export class ClosedAddress extends Error {
  override readonly name = 'ClosedAddress'
}

/** Whether that is why something could not be reached, however deep it was wrapped. */
export function isForClosed(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return error instanceof ClosedAddress || isForClosed(error.cause)
}

function demandOpen(address: string, host: string, opened: readonly string[]): void {
  if (!isClosed(address) || opened.includes(host) || opened.includes(address)) return
  throw new ClosedAddress(
    `${host} leads into a private network (${address}), which HOLDFAST_PRIVATE_DESTINATIONS does not open`,
  )
}

/** The host of a URL as one connects to it: an IPv6 address without its brackets. */
export const bareHost = (hostname: string) => hostname.replace(/^\[(.*)\]$/, '$1')
