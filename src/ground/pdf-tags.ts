/**
 * The structure tree of a document (ISO 32000-1 §14.7). pdfmake can declare a PDF tagged, but marks
 * none of its lines; here each line is drawn as content of its paragraph, heading, list item or table
 * cell, and everything else (rules, running feet, repeated table heads) as an artifact.
 */

/** An element of the tree. It is made when its first line is drawn, so the tree is in reading order. */
export interface Tag {
  readonly type: string
  readonly parent?: Tag
  /** The sibling that holds a list item's number. */
  readonly label?: Tag
}

interface Line {
  /** Its words. */
  readonly inlines: readonly { readonly tag?: Tag }[]
  /** Unset on lines that are no text of ours: a list's numbers. */
  readonly lastLineInParagraph?: boolean
}

interface Element {
  add(child: unknown): void
  end(): void
}

interface Document {
  struct(type: string, options?: object): Element
  addStructure(element: Element): void
  markStructureContent(type: string): unknown
  markContent(type: string, options: object): void
  endMarkedContent(): void
}

interface Renderer {
  readonly pdfDocument: Document
  renderPages(pages: unknown): void
  renderLine(line: Line, x: number, y: number): void
  renderVector(vector: unknown): void
}

/** Puts a renderer that tags in the place of pdfmake's own. */
export function tagLines(module: {
  default: new (document: Document, onProgress?: unknown) => Renderer
}): void {
  module.default = class extends module.default {
    readonly #elements = new Map<Tag, Element>()
    readonly #drawn = new Set<object>()
    #current: Tag | undefined

    override renderPages(pages: unknown): void {
      super.renderPages(pages)
      // Ending the root ends all that hang on it.
      for (const [tag, element] of this.#elements) if (tag.parent === undefined) element.end()
    }

    override renderLine(line: Line, x: number, y: number): void {
      const tag = this.#tagOf(line)
      if (tag === undefined) return this.#asArtifact(() => super.renderLine(line, x, y))
      const element = this.#element(tag)
      element.add(this.pdfDocument.markStructureContent(tag.type))
      super.renderLine(line, x, y)
      this.pdfDocument.endMarkedContent()
    }

    override renderVector(vector: unknown): void {
      this.#asArtifact(() => super.renderVector(vector))
    }

    #tagOf({ inlines: [word], lastLineInParagraph }: Line): Tag | undefined {
      if (lastLineInParagraph === undefined) return labelOf(this.#current)
      if (word?.tag === undefined) return undefined
      // The head of a table comes again on its next page; it is read out once.
      if (this.#drawn.has(word)) return undefined
      this.#drawn.add(word)
      this.#current = word.tag
      return word.tag
    }

    #element(tag: Tag): Element {
      const known = this.#elements.get(tag)
      if (known !== undefined) return known
      const parent = tag.parent === undefined ? undefined : this.#element(tag.parent)
      if (tag.label !== undefined) this.#element(tag.label)
      const element = this.pdfDocument.struct(
        tag.type,
        tag.type === 'TH' ? { scope: 'Column' } : {},
      )
      if (parent === undefined) this.pdfDocument.addStructure(element)
      else parent.add(element)
      this.#elements.set(tag, element)
      return element
    }

    #asArtifact(draw: () => void): void {
      this.pdfDocument.markContent('Artifact', { type: 'Layout' })
      draw()
      this.pdfDocument.endMarkedContent()
    }
  }
}

function labelOf(tag: Tag | undefined): Tag | undefined {
  return tag === undefined ? undefined : (tag.label ?? labelOf(tag.parent))
}
