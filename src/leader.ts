import { Client } from 'pg'

/** One number per kind of work that only one node may do at a time. */
const leaderLock = 4_711_002

/**
 * Holds the installation's leadership: a session-level advisory lock on a connection of its own.
 * When the connection dies, PostgreSQL frees the lock and another node takes over.
 */
export class Leader {
  readonly #url: string
  #client: Client | undefined

  constructor(url: string) {
    this.#url = url
  }

  /** Tries to be the leader, and says whether this node is. Cheap when it already is. */
  async lead(): Promise<boolean> {
    if (this.#client !== undefined) return true
    const client = new Client({
      connectionString: this.#url,
      application_name: 'holdfast leader',
    })
    const lose = () => {
      if (this.#client === client) this.#client = undefined
    }
    client.on('error', lose).on('end', lose)
    try {
      await client.connect()
      const { rows } = await client.query<{ won: boolean }>(
        'select pg_try_advisory_lock($1) as won',
        [leaderLock],
      )
      if (rows[0]?.won === true) {
        this.#client = client
        return true
      }
    } catch {
      lose()
    }
    await client.end().catch(() => {})
    return false
  }

  async resign(): Promise<void> {
    const client = this.#client
    this.#client = undefined
    await client?.end().catch(() => {})
  }
}
