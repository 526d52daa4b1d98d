import type { Tag } from './pdf-tags.ts'

/** How text looks. */
export interface Look {
  readonly bold?: boolean
  readonly italics?: boolean
  readonly fontSize?: number
  /** `#rrggbb`. */
  readonly color?: string
}

export type Span = string | ({ readonly text: string } & Look)

interface Placed {
  readonly alignment?: 'left' | 'right' | 'center'
  /** Left, top, right, bottom, in points. */
  readonly margin?: readonly [number, number, number, number]
  readonly pageBreak?: 'before' | 'after'
}

/** A paragraph, or a heading of the level given. */
export interface TextBlock extends Look, Placed {
  readonly text: string | readonly Span[]
  readonly heading?: 1 | 2 | 3
}

export interface ListBlock extends Placed {
  readonly list: readonly Block[]
  readonly numbered?: boolean
}

/** A table with a head row. A width is in points, or `auto`, or `*` for an equal share of what is left. */
export interface TableBlock extends Placed {
  readonly table: {
    readonly head: readonly (string | TextBlock)[]
    readonly rows: readonly (readonly (string | TextBlock)[])[]
    readonly widths?: readonly (number | 'auto' | '*')[]
  }
}

/** A piece of a document. A string is a paragraph. */
export type Block = string | TextBlock | ListBlock | TableBlock

type Node = Record<string, unknown>

const styles = {
  heading1: { fontSize: 20, bold: true },
  heading2: { fontSize: 14, bold: true },
  heading3: { fontSize: 11, bold: true },
}
const headingMargins = { 1: [0, 0, 0, 10], 2: [0, 14, 0, 6], 3: [0, 10, 0, 4] } as const
const paragraphMargin = [0, 0, 0, 6]
const tableMargin = [0, 4, 0, 10]

/** The content, styles and default style of a pdfmake definition. Each span carries its {@link Tag}. */
export function layOut(content: readonly Block[]): Node {
  const document: Tag = { type: 'Document' }
  return {
    content: content.map((block) => node(block, document)),
    styles,
    defaultStyle: { font: 'Roboto', fontSize: 10, lineHeight: 1.2 },
  }
}

function node(block: Block, parent: Tag): Node {
  if (typeof block === 'string') return node({ text: block }, parent)
  if ('text' in block) return paragraph(block, parent)
  return 'list' in block ? list(block, parent) : table(block, parent)
}

function paragraph({ text, heading, ...look }: TextBlock, parent: Tag): Node {
  const tag: Tag = { type: heading === undefined ? 'P' : `H${heading}`, parent }
  return {
    margin: heading === undefined ? paragraphMargin : headingMargins[heading],
    ...(heading === undefined ? {} : { style: `heading${heading}` }),
    ...look,
    text: spans(text, tag),
  }
}

function list({ list: items, numbered = false, ...placed }: ListBlock, parent: Tag): Node {
  const tag: Tag = { type: 'L', parent }
  const nodes = items.map((item) => {
    const itemTag: Tag = { type: 'LI', parent: tag }
    const label: Tag = { type: 'Lbl', parent: itemTag }
    return node(item, { type: 'LBody', parent: itemTag, ...(numbered ? { label } : {}) })
  })
  return { margin: paragraphMargin, ...placed, [numbered ? 'ol' : 'ul']: nodes }
}

function table({ table: { head, rows, widths }, ...placed }: TableBlock, parent: Tag): Node {
  const tag: Tag = { type: 'Table', parent }
  const row = (cells: readonly (string | TextBlock)[], type: 'TH' | 'TD') => {
    const rowTag: Tag = { type: 'TR', parent: tag }
    return cells.map((cell) => cellNode(cell, { type, parent: rowTag }))
  }
  return {
    margin: tableMargin,
    ...placed,
    layout: 'lightHorizontalLines',
    table: {
      headerRows: 1,
      // A row is not torn apart between two pages.
      dontBreakRows: true,
      widths: widths ?? head.map(() => '*'),
      body: [row(head, 'TH'), ...rows.map((cells) => row(cells, 'TD'))],
    },
  }
}

function cellNode(cell: string | TextBlock, tag: Tag): Node {
  const { text, heading: _, ...look } = typeof cell === 'string' ? { text: cell } : cell
  return {
    ...(tag.type === 'TH' ? { bold: true } : {}),
    ...look,
    text: spans(text, tag),
  }
}

/** pdfmake hands what stands on a span down to each word, and so its tag to each line. */
function spans(text: string | readonly Span[], tag: Tag): Node[] {
  const all = typeof text === 'string' ? [text] : text
  return all.map((span) => ({ ...(typeof span === 'string' ? { text: span } : span), tag }))
}
