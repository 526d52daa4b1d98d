import { createRequire } from 'node:module'
import { type Block, layOut } from './pdf-blocks.ts'
import { tagLines } from './pdf-tags.ts'

/** A document: what it says and what it says about itself. */
export interface PdfDefinition {
  readonly title: string
  /** Who issues it. */
  readonly author?: string
  readonly subject?: string
  /** BCP 47 tag of its language, for screen readers; default `en`. */
  readonly language?: string
  /** The instant it states as its own. The same definition and instant give the same bytes. */
  readonly createdAt: Date
  readonly pageOrientation?: 'portrait' | 'landscape'
  readonly content: readonly Block[]
  /** A line at the foot of each page, beside the page's number. */
  readonly footer?: string
}

interface Pdfmake {
  readonly virtualfs: { writeFileSync(name: string, content: Buffer): void }
  setFonts(fonts: object): void
  setUrlAccessPolicy(policy: () => boolean): void
  setLocalAccessPolicy(policy: () => boolean): void
  createPdf(definition: object): { getBuffer(): Promise<Buffer> }
}

let loaded: Pdfmake | undefined

/**
 * Renders a tagged PDF (ISO 32000-1 §14.8: headings, paragraphs, lists and tables can be read out),
 * with its fonts inside. Nothing is read from disk or network for it, whatever the definition says.
 */
export async function renderPdf(definition: PdfDefinition): Promise<Buffer> {
  const { title, author, subject, language = 'en', createdAt, footer = '' } = definition
  loaded ??= load()
  return loaded
    .createPdf({
      ...layOut(definition.content),
      info: {
        title,
        ...(author === undefined ? {} : { author }),
        ...(subject === undefined ? {} : { subject }),
        creator: 'Holdfast',
        producer: 'Holdfast',
        creationDate: createdAt,
      },
      language,
      version: '1.7',
      tagged: true,
      displayTitle: true,
      pageSize: 'A4',
      pageOrientation: definition.pageOrientation ?? 'portrait',
      pageMargins: [56, 56, 56, 64],
      footer: (page: number, pages: number) => ({
        columns: [footer, { text: `${page} / ${pages}`, alignment: 'right', width: 60 }],
        margin: [56, 20, 56, 0],
        fontSize: 8,
        color: '#555555',
      }),
    })
    .getBuffer()
}

/** Loaded at the first document: its fonts take a moment, and most processes never write one. */
function load(): Pdfmake {
  const require = createRequire(import.meta.url)
  const pdfmake = require('pdfmake') as Pdfmake
  const fonts = require('pdfmake/build/vfs_fonts.js') as Record<string, string>
  for (const [name, content] of Object.entries(fonts)) {
    pdfmake.virtualfs.writeFileSync(name, Buffer.from(content, 'base64'))
  }
  pdfmake.setFonts({
    Roboto: {
      normal: 'Roboto-Regular.ttf',
      bold: 'Roboto-Medium.ttf',
      italics: 'Roboto-Italic.ttf',
      bolditalics: 'Roboto-MediumItalic.ttf',
    },
  })
  pdfmake.setUrlAccessPolicy(() => false)
  pdfmake.setLocalAccessPolicy(() => false)
  tagLines(require('pdfmake/js/Renderer.js') as Parameters<typeof tagLines>[0])
  return pdfmake
}
