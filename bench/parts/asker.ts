import { connect, type TLSSocket } from 'node:tls'

export interface Answer {
  readonly status: number
  /** The header section, as it came. */
  readonly head: string
  readonly body: string
}

/** An HTTPS client of one connection and one request at a time, which knows of HTTP what a bench needs. */
export class Asker {
  readonly #socket: TLSSocket
  #held: Buffer = Buffer.alloc(0)
  #waiting: { resolve(answer: Answer): void; reject(error: Error): void } | undefined

  constructor(port: number, ca: string) {
    this.#socket = connect({ host: 'localhost', port, ca, servername: 'localhost' })
    this.#socket.setNoDelay(true)
    this.#socket.on('data', (bytes: Buffer) => this.#take(bytes))
    const lost = (error = new Error('the server closed the connection')) =>
      this.#waiting?.reject(error)
    this.#socket.on('error', lost).on('close', () => lost())
  }

  ask(request: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
      this.#socket.write(request)
    })
  }

  end(): void {
    this.#waiting = undefined
    this.#socket.destroy()
  }

  #take(bytes: Buffer): void {
    const held = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes])
    this.#held = held
    const split = held.indexOf('\r\n\r\n')
    if (split < 0) return
    const head = held.toString('latin1', 0, split)
    const length = /^content-length: (\d+)$/im.exec(head)?.[1]
    if (length === undefined) throw new Error(`an answer without a length: ${head}`)
    const end = split + 4 + Number(length)
    if (held.length < end) return
    this.#held = held.subarray(end)
    const status = Number(head.slice(9, 12))
    this.#waiting?.resolve({ status, head, body: held.toString('utf8', split + 4, end) })
  }
}
