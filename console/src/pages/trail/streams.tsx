import { useQuery } from '@tanstack/react-query'
import { ask } from '../../ask.ts'
import { useLive } from '../../attended.ts'
import { Command, Empty } from '../../ui/empty.tsx'
import { May, NotGranted } from '../../ui/may.tsx'
import { Section } from '../../ui/section.tsx'
import { Loaded } from '../../ui/waiting.tsx'
import { AddStream } from './add-stream.tsx'
import { TrailHead } from './head.tsx'
import type { Stream } from './shapes.ts'
import { StreamCard } from './stream-card.tsx'
import './trail.css'

const streamsPath = '/v1/trail/streams'

/** Where entries are sent on to, and how that stands. */
export default function Streams() {
  return (
    <>
      <TrailHead part="streams" />
      <May
        ask="trail.stream.list"
        otherwise={<NotGranted action="trail.stream.list" what="where entries are sent on to" />}
      >
        <All />
      </May>
    </>
  )
}

function All() {
  const streams = useQuery({
    ...ask<{ items: Stream[] }>(streamsPath),
    refetchInterval: useLive(5000),
  })
  return (
    <Loaded query={streams} what="Reading the streams">
      {({ items }) => (
        <Section
          title="Streams"
          lead="Entries go on to other systems, at least once and in order. Each names its log, its place and its leaf, and a signed checkpoint closes each batch: a receiver sees for itself when one is missing. No request ever waits for it."
          does={
            <May ask="trail.stream.add">
              <AddStream />
            </May>
          }
        >
          {items.length === 0 ? (
            <Empty title="No stream yet">
              <p>
                Send entries to a SIEM: by OTLP, by syslog over TLS, or to a webhook. What leaves
                can be the leaf alone, which names nobody, or the whole event.
              </p>
              <Command>
                {
                  'holdfast trail stream add --name SIEM --kind otlp --content leaf \\\n  --address https://siem.example/v1/logs'
                }
              </Command>
            </Empty>
          ) : (
            items.map((stream) => <StreamCard key={stream.streamId} stream={stream} />)
          )}
        </Section>
      )}
    </Loaded>
  )
}
