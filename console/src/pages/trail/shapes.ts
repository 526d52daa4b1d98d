import type { Static } from 'typebox'
import type {
  DueShape,
  HoldList,
  RetentionShape,
  RetentionView,
} from '../../../../src/trail/erasure/retention-wire.ts'
import type { SearchShape } from '../../../../src/trail/search/saved-wire.ts'
import type {
  AddedStream as AddedStreamShape,
  NewStream as NewStreamShape,
  StreamShape,
} from '../../../../src/trail/streams/wire.ts'
import type {
  AnchorList as AnchorListShape,
  AnchorShape,
} from '../../../../src/trail/anchors/wire.ts'
import type {
  EntryProof as EntryProofShape,
  EntryShape,
  LogList as LogListShape,
  ReportShape,
} from '../../../../src/trail/wire.ts'

export type SavedSearch = Static<typeof SearchShape>
export type Stream = Static<typeof StreamShape>
export type NewStream = Static<typeof NewStreamShape>
export type AddedStream = Static<typeof AddedStreamShape>
export type Entry = Static<typeof EntryShape>
export type ProvenEntry = Static<typeof EntryProofShape>
export type Logs = Static<typeof LogListShape>
export type Log = Logs['items'][number]
export type Anchor = Static<typeof AnchorShape>
export type Anchors = Static<typeof AnchorListShape>
export type Retention = Static<typeof RetentionShape>
export type RetentionSeen = Static<typeof RetentionView>
export type Due = Static<typeof DueShape>
export type Hold = Static<typeof HoldList>['items'][number]
export type Report = Static<typeof ReportShape>

/** What of an entry's OCSF event is read here. */
export interface EventFacts {
  readonly src_endpoint?: { readonly ip?: string; readonly name?: string }
  readonly http_request?: { readonly user_agent?: string }
  readonly unmapped?: {
    readonly reason?: string
    readonly purpose?: string
    readonly grant?: string
    readonly details?: Readonly<Record<string, unknown>>
  }
}

export const eventOf = ({ event }: Entry): EventFacts =>
  typeof event === 'object' && event !== null ? event : {}

/** For what it was, or was wanted: the leaf names the purpose only of what was done, the sealed event of all. */
export const purposeOf = (entry: Entry): string | undefined =>
  entry.purpose ?? eventOf(entry).unmapped?.purpose
