import { makeZip } from 'client-zip'
import { type Cross, Streamed } from '#kernel'
import { readVerifier } from '../adapters/verifier-file.ts'
import { formatAbout, type PackAbout, type PackFile, packMediaType, readmeOf } from './pack.ts'
import { openBundles, openPack, type PackHead, readStated, readTiles } from './pack-acts.ts'
import type { StatementPage } from './statement-acts.ts'
import { type TilePath, tilePathsOf } from '../tree/tiles.ts'

/** Files read in one act: a long log must neither hold a transaction open nor fill itself with packing. */
const filesInAct = 128
const openedInAct = 16

/** A log in a zip, as it stood at its newest signed checkpoint. Each piece leaves after the entry that tells of it. */
export async function packLog(cross: Cross, now: Date, openings: boolean): Promise<Streamed> {
  const head = await cross((act) => openPack(act, openings), 'read')
  const files = filesOf(cross, head, now, openings)
  const day = now.toISOString().slice(0, 10)
  return new Streamed(packMediaType, makeZip(files), `trail-${head.log}-${day}.zip`)
}

async function* filesOf(
  cross: Cross,
  head: PackHead,
  now: Date,
  openings: boolean,
): AsyncGenerator<PackFile & { lastModified: Date }> {
  const dated = (files: readonly PackFile[]) =>
    files.map((file) => ({ ...file, lastModified: now }))
  yield* dated([...head.files, await readVerifier()])
  const stated = await cross((act) => readStated(act), 'read')
  if (stated.after !== undefined)
    yield* dated([{ name: 'statements', input: statementsFrom(cross, stated) }])
  for (const paths of slices(tilePathsOf(head.size), filesInAct)) {
    yield* dated(await cross((act) => readTiles(act, paths), 'read'))
  }
  let lost = 0
  if (openings) {
    for (const bundles of slices(bundlesOf(head.size), openedInAct)) {
      const opened = await cross((act) => openBundles(act, bundles), 'read')
      lost += opened.lost
      yield* dated(opened.files)
    }
  }
  const { log, origin, size, keys, copies } = head
  const about: PackAbout = {
    log,
    origin,
    size,
    keys,
    copies,
    madeAt: now,
    openings: openings ? (lost === 0 ? 'all' : 'some') : 'none',
  }
  yield* dated([
    { name: 'pack.json', input: formatAbout(about) },
    { name: 'README.txt', input: readmeOf(about) },
  ])
}

async function* statementsFrom(cross: Cross, first: StatementPage): AsyncGenerator<Buffer> {
  for (let page = first; page.after !== undefined;) {
    yield page.lines
    const { after } = page
    page = await cross((act) => readStated(act, after), 'read')
  }
}

function* bundlesOf(size: number): Generator<TilePath> {
  for (const path of tilePathsOf(size)) if (path.level === 'entries') yield path
}

function* slices<T>(values: Iterable<T>, length: number): Generator<T[]> {
  let slice: T[] = []
  for (const value of values) {
    slice.push(value)
    if (slice.length === length) {
      yield slice
      slice = []
    }
  }
  if (slice.length > 0) yield slice
}
