import { type Act, Refusal, type World } from '#kernel'
import { journalPrefix, parseSegmentKey, type SegmentName } from './journal.ts'
import { type Place, placesOf, readKeptEverywhere } from './outside-acts.ts'
import { reachOf, refillCheckpoints, refillEntries, settle } from './refill-acts.ts'
import { copyUnsound } from '../refusals.ts'
import { askOutside, nothingSeen, questionsOf } from './seen-acts.ts'

/** Crosses the threshold once. */
type Step = <T>(deed: (act: Act) => Promise<T>) => Promise<T>

export interface Refilled {
  readonly entries: number
  readonly checkpoints: number
  /** Entries up to this position over all logs stand. */
  readonly position: number
  /** Where copies were found. */
  readonly places: readonly string[]
}

interface Segment {
  readonly name: SegmentName
  readonly key: string
  readonly store: Place['store']
}

/**
 * Brings back what a restored database misses, from the copies outside: entries, then the checkpoints
 * signed of them. In the end every tree must continue what is known to have been signed; then placing
 * and signing go on. Broken off, it goes on where it was. A copy that is unsound is passed over where another
 * place holds the same.
 *
 * @throws {Refusal} `trail.not-stopped`, `trail.copy-unsound`, `trail.numbers-taken`, `trail.nothing-outside`,
 *   `trail.refill-short`.
 */
export async function refillTrail(
  step: Step,
  world: World,
  onProgress: (position: number, of: number) => void = () => {},
): Promise<Refilled> {
  const reach = await step(reachOf)
  const all = await segmentsIn(placesOf(world))
  const segments = all.filter(({ name }) => name.generation === reach.generation)
  const ofKind = (kind: SegmentName['kind']) => segments.filter(({ name }) => name.kind === kind)
  let { position, rootSize } = reach
  const goal = Math.max(position, ...ofKind('entries').map(({ name }) => name.last))
  const unsound = new Set<Segment>()
  const sound = (kind: SegmentName['kind']) => ofKind(kind).filter((one) => !unsound.has(one))
  for (let next; (next = covering(sound('entries'), position + 1)) !== undefined;) {
    const { name, bytes } = await load(next)
    const put = await unlessUnsound(() => step((act) => refillEntries(act, name, bytes)))
    if (put === undefined) unsound.add(next)
    else ({ position } = put)
    onProgress(position, goal)
  }
  for (let next; (next = covering(sound('checkpoints'), rootSize)) !== undefined;) {
    const { name, bytes } = await load(next)
    const put = await unlessUnsound(() => step((act) => refillCheckpoints(act, name, bytes)))
    if (put === undefined) unsound.add(next)
    else ({ rootSize } = put)
  }
  const kept = await readKeptEverywhere(world.settings)
  const generation = newestOf(all)
  const questions = await step(({ sql }) => questionsOf(sql))
  const seen = questions === undefined ? nothingSeen : await askOutside(questions, world)
  try {
    await step((act) => settle(act, kept, { segments: segments.length, generation, seen }))
  } catch (error) {
    const [first] = unsound
    throw first !== undefined && isRefused(error, 'trail.refill-short') ? unsoundAt(first) : error
  }
  return {
    entries: position - reach.position,
    checkpoints: rootSize - reach.rootSize,
    position,
    places: [...new Set(segments.map(({ store }) => store.place))],
  }
}

/** One copy that is not what was written keeps nobody from another one of the same. */
async function unlessUnsound<T>(put: () => Promise<T>): Promise<T | undefined> {
  try {
    return await put()
  } catch (error) {
    if (isRefused(error, 'trail.copy-unsound', 'keys.not-authentic')) return undefined
    throw error
  }
}

const isRefused = (error: unknown, ...codes: readonly string[]): boolean =>
  error instanceof Refusal && codes.includes(error.code)
const unsoundAt = ({ key, store }: Segment) => copyUnsound(`${key} in ${store.place}`)

const newestOf = (segments: readonly Segment[]) =>
  Math.max(0, ...segments.map(({ name }) => name.generation))

/** The newest generation of which there are copies outside; 0 without any. */
export async function newestCopied(world: World): Promise<number> {
  return newestOf(await segmentsIn(placesOf(world)))
}

async function segmentsIn(places: readonly Place[]): Promise<Segment[]> {
  const segments: Segment[] = []
  for (const { store } of places)
    for await (const key of store.list(journalPrefix)) {
      const name = parseSegmentKey(key)
      if (name !== undefined) segments.push({ name, key, store })
    }
  return segments
}

/** The segment that holds a number and reaches furthest. */
function covering(segments: readonly Segment[], number: number): Segment | undefined {
  return segments
    .filter(({ name }) => name.first <= number && number <= name.last)
    .reduce<Segment | undefined>(
      (best, one) => (best !== undefined && best.name.last >= one.name.last ? best : one),
      undefined,
    )
}

async function load({ name, key, store }: Segment): Promise<{ name: SegmentName; bytes: Buffer }> {
  const bytes = await store.get(key)
  if (bytes === undefined) throw new Error('a copy of the trail went away while it was read')
  return { name, bytes }
}
