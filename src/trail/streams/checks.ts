import type { Evidence, HouseCross, World } from '#kernel'
import { streamStandings, type StreamStanding } from './store.ts'

/** Every stream is within the lag it was promised, has not been halted, and loses nothing. */
export async function checkStreams(cross: HouseCross, _world: World, now: Date): Promise<Evidence> {
  const streams = await cross({ action: 'trail.stream.check', effect: 'read' }, async (act) =>
    streamStandings(act.sql),
  )
  const wrong = streams.flatMap((stream) => {
    const because = whatIsWrong(stream, now)
    return because === undefined ? [] : [`${stream.name}: ${because}`]
  })
  return {
    holds: wrong.length === 0,
    finding:
      streams.length === 0
        ? 'No stream is set up; nobody was promised one.'
        : wrong.length === 0
          ? `Every one of ${streams.length} streams is within its promise.`
          : wrong.join(' '),
    n: streams.length - wrong.length,
    of: streams.length,
    facts: {
      streams: streams.map(
        ({ streamId, kind, state, waiting, rejected, failures, waitsSince }) => ({
          streamId,
          kind,
          state,
          waiting,
          rejected,
          failures,
          waitsSince,
        }),
      ),
    },
  }
}

function whatIsWrong(stream: StreamStanding, now: Date): string | undefined {
  const { state, lagSeconds, waitsSince, lastError, failures } = stream
  if (state === 'halted') return `halted, since ${lastError}.`
  const behind = waitsSince === null ? 0 : (now.getTime() - waitsSince.getTime()) / 1000
  if (behind > lagSeconds)
    return state === 'paused'
      ? `paused, and ${Math.round(behind)} seconds behind.`
      : `${Math.round(behind)} seconds behind, with ${lagSeconds} promised${lastError === null ? '' : `: ${lastError}`}.`
  // It went through, but not all of it: the last delivery says so until one is taken whole.
  if (lastError !== null && failures === 0)
    return `its receiver has rejected records: ${lastError}.`
  return undefined
}
