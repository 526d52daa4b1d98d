import type { ObjectStore, Sql } from '#kernel'
import { partPlace, placeOf } from './attachment.ts'
import { filesAfter } from './store.ts'

/** One object of a kept file; without bytes, a file of which the store has nothing. */
export interface FileObject {
  readonly key: string
  readonly bytes: Buffer | undefined
}

/**
 * The sealed objects of every kept file, in the order of their keys, one at a time. Whoever is on
 * `sql` sees the rows of all controllers as of one instant; a file erased since may have no objects left.
 */
export async function* fileObjects(sql: Sql, objects: ObjectStore): AsyncGenerator<FileObject> {
  for await (const place of filePlaces(sql)) {
    let number = 0
    for (;;) {
      const key = partPlace(place, number)
      const bytes = await objects.get(key)
      if (bytes === undefined) break
      yield { key, bytes }
      number += 1
    }
    if (number === 0) yield { key: place, bytes: undefined }
  }
}

async function* filePlaces(sql: Sql): AsyncGenerator<string> {
  const page = 1_000
  let last = nobody
  for (;;) {
    const files = await filesAfter(sql, last, page)
    for (const { controllerId, attachmentId } of files) yield placeOf(controllerId, attachmentId)
    if (files.length < page) return
    last = files.at(-1)!
  }
}

const nil = '00000000-0000-0000-0000-000000000000'
const nobody = { controllerId: nil, attachmentId: nil }
