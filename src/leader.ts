import { Client } from 'pg'

/** One number per kind of work that only one node may do at a time. */
const leaderLock = 4_711_002

/** How often the leader shows that it lives, and how often another asks whether it does. */
const beatMs = 1000

/** A leader that has shown nothing for so long hangs: its connection stands, but nobody works. */
const longestSilence = '6 seconds'

/** PostgreSQL itself may hang; a leader that cannot tell must not go on as one. */
const deadlineMs = 4000

/**
 * Holds the installation's leadership: a session-level advisory lock on a connection of its own.
 *
 * When a leader dies, PostgreSQL frees the lock with its connection, and another node takes it within
 * a second. When it hangs, the connection stands: so the leader asks something every second, and one
 * that has not for six is cut off by whoever wants to lead. What a leader does in a transaction is
 * fenced besides (`trail.state`): two that both think they lead do no harm.
 */
export class Leader {
  readonly #url: string
  #client: Client | undefined
  #leads = false
  #askedAt = -Infinity
  #asking: Promise<boolean> | undefined

  constructor(url: string) {
    this.#url = url
  }

  /** Tries to be the leader, and says whether this node is. Cheap: it asks once a second at most. */
  lead(): Promise<boolean> {
    if (performance.now() - this.#askedAt < beatMs) return Promise.resolve(this.#leads)
    return (this.#asking ??= this.#ask().finally(() => {
      this.#askedAt = performance.now()
      this.#asking = undefined
    }))
  }

  async #ask(): Promise<boolean> {
    try {
      const client = (this.#client ??= await this.#connect())
      if (this.#leads) await client.query('select 1')
      else this.#leads = await tryToLead(client)
    } catch {
      await this.#leave()
    }
    return this.#leads
  }

  async #connect(): Promise<Client> {
    const client = new Client({
      connectionString: this.#url,
      application_name: `holdfast leader ${process.pid}`,
      connectionTimeoutMillis: deadlineMs,
      query_timeout: deadlineMs,
    })
    const lose = () => {
      if (this.#client !== client) return
      this.#client = undefined
      this.#leads = false
    }
    client.on('error', lose).on('end', lose)
    await client.connect()
    return client
  }

  async #leave(): Promise<void> {
    const client = this.#client
    this.#client = undefined
    this.#leads = false
    await client?.end().catch(() => {})
  }

  async resign(): Promise<void> {
    await this.#asking
    await this.#leave()
  }
}

async function tryToLead(client: Client): Promise<boolean> {
  if (await tryLock(client)) return true
  const { rowCount } = await client.query(
    `select pg_terminate_backend(a.pid)
     from pg_locks l join pg_stat_activity a using (pid)
     where l.locktype = 'advisory' and l.granted and l.classid = 0 and l.objid = $1
       and l.objsubid = 1
       and l.database = (select oid from pg_database where datname = current_database())
       and a.state_change < clock_timestamp() - $2::interval`,
    [leaderLock, longestSilence],
  )
  return rowCount !== 0 && tryLock(client)
}

async function tryLock(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ won: boolean }>('select pg_try_advisory_lock($1) as won', [
    leaderLock,
  ])
  return rows[0]?.won === true
}
