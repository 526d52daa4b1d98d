import type { FileHead } from './file-head.ts'

/** Which column holds what, while somebody chooses. Empty text: no column. */
export interface MappingDraft {
  readonly subjectKey: string
  /** A category's name, or empty when a column names it. */
  readonly category: string
  readonly categoryColumn: string
  readonly fields: Readonly<Record<string, string>>
}

interface Category {
  readonly name: string
  readonly fields: readonly { readonly name: string }[]
}

const keyLike =
  /^(?:subject|customer|client|person|user|patient|member|external)?(?:key|no|nr|number|id)$/

/** The likely mapping: columns named like the fields, and one that looks like an identifier. */
export function guessed(head: FileHead, categories: readonly Category[]): MappingDraft {
  const columnLike = (name: string) =>
    head.columns.find((column) => plain(column) === plain(name)) ?? ''
  const matches = ({ fields }: Category) =>
    fields.filter(({ name }) => columnLike(name) !== '').length
  const best = categories.toSorted((a, b) => matches(b) - matches(a))[0]
  const draft = {
    subjectKey:
      columnLike('subjectKey') ||
      (head.columns.find((column) => keyLike.test(plain(column))) ?? ''),
    category: best?.name ?? '',
    categoryColumn: columnLike('category'),
    fields: {},
  }
  // A column that names categories, where the file has one, says more than a guess of ours.
  return withFields(
    draft.categoryColumn === '' ? draft : { ...draft, category: '' },
    head,
    categories,
  )
}

/** The same mapping with fields anew, after another category was chosen. */
export function withFields(
  draft: MappingDraft,
  head: FileHead,
  categories: readonly Category[],
): MappingDraft {
  const fields = fieldsOf(draft, categories).map((name) => {
    const column = head.columns.find((each) =>
      [name, `fields.${name}`].some((n) => plain(n) === plain(each)),
    )
    return [name, column ?? ''] as const
  })
  return { ...draft, fields: Object.fromEntries(fields) }
}

/** Fields a mapping may fill: those of its category, or of all where a column names the category. */
export function fieldsOf({ category }: MappingDraft, categories: readonly Category[]): string[] {
  const known = category === '' ? categories : categories.filter(({ name }) => name === category)
  return [...new Set(known.flatMap(({ fields }) => fields.map(({ name }) => name)))]
}

/** What still lacks before a file can be read; empty when nothing does. */
export function lacking({ subjectKey, category, categoryColumn, fields }: MappingDraft): string[] {
  return [
    ...(subjectKey === '' ? ['the column of the identifier'] : []),
    ...(category === '' && categoryColumn === '' ? ['the category'] : []),
    ...(Object.values(fields).every((column) => column === '') ? ['a column for some field'] : []),
  ]
}

/** The mapping as the API reads it. */
export function mappingJson(draft: MappingDraft, { format, delimiter }: FileHead): string {
  const filled = Object.entries(draft.fields).filter(([, column]) => column !== '')
  return JSON.stringify({
    subjectKey: draft.subjectKey,
    category: draft.category === '' ? { column: draft.categoryColumn } : draft.category,
    fields: Object.fromEntries(filled),
    ...(format === 'csv' && delimiter !== ',' ? { delimiter } : {}),
  })
}

const plain = (name: string): string => name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '')
