interface Place {
  held: number
  readonly waiting: (() => void)[]
}

/** Lets so many of one name go on at once; the others wait in the order they came, and hold up no other name. */
export class Places {
  readonly #most: number
  readonly #byName = new Map<string, Place>()

  constructor(most: number) {
    this.#most = most
  }

  /** @returns what to call to give the place on. */
  async take(name: string): Promise<() => void> {
    let place = this.#byName.get(name)
    if (place === undefined) this.#byName.set(name, (place = { held: 0, waiting: [] }))
    const { waiting } = place
    if (place.held < this.#most) place.held += 1
    else await new Promise<void>((resolve) => waiting.push(resolve))
    return () => this.#giveOn(name, place)
  }

  #giveOn(name: string, place: Place): void {
    const next = place.waiting.shift()
    if (next !== undefined) return next()
    place.held -= 1
    if (place.held === 0) this.#byName.delete(name)
  }
}
