import type { Block } from '#ground'

/** One line of the report: a grant, and what became of it. */
export interface ReportItem {
  readonly who: string
  readonly role: string
  readonly controllers: readonly string[] | null
  readonly lastUsedAt: Date | null
  readonly decision: string | null
  readonly decidedBy: string | null
  readonly decidedAt: Date | null
  readonly probeAnswer: string | null
  readonly probeRefused: boolean | null
}

export interface ReportHead {
  readonly title: string
  readonly startedBy: string
  readonly createdAt: Date
  readonly dueAt: Date
  readonly closedAt: Date | null
  readonly population: Buffer
  readonly items: number
  readonly decided: number
  readonly roles: readonly string[] | null
  readonly controllers: readonly string[] | null
}

const day = (at: Date | null) => (at === null ? 'never' : at.toISOString().slice(0, 10))
const moment = (at: Date) => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`

/** An access review as a document: what was looked at, by whom, and that what was revoked is gone. */
export function reviewDocument(
  head: ReportHead,
  items: readonly ReportItem[],
  processor: string,
): Block[] {
  const count = (word: string) => items.filter(({ decision }) => decision === word).length
  const revoked = items.filter(({ decision }) => decision === 'revoke' || decision === 'unanswered')
  const refused = revoked.filter(({ probeRefused }) => probeRefused === true).length
  const leaked = revoked.filter(({ probeRefused }) => probeRefused === false).length
  const over = [
    head.roles === null ? 'every role' : `roles ${head.roles.join(', ')}`,
    head.controllers === null ? 'every controller' : `controllers ${head.controllers.join(', ')}`,
  ].join('; ')
  return [
    { text: `Access review: ${head.title}`, heading: 1 },
    `${processor}. Started ${moment(head.createdAt)} by ${head.startedBy}, answers due ${moment(head.dueAt)}. ${
      head.closedAt === null ? 'Not completed yet.' : `Completed ${moment(head.closedAt)}.`
    }`,
    `Population: ${head.items} grants in force at the start (${over}), frozen. SHA-256 over the lines "<grant> <actor> <role>", sorted: ${head.population.toString('hex')}.`,
    {
      text: `Kept ${count('keep')}, limited ${count('limit')}, revoked ${count('revoke')}, revoked without an answer ${count('unanswered')}, open ${head.items - head.decided}.`,
      bold: true,
    },
    `Of ${revoked.length} revoked, ${refused} were tried over the listener with the holder's own proof and refused; ${leaked} got through; the others could not be tried, and say why.`,
    {
      table: {
        head: ['Who', 'Role', 'Last used', 'Answer', 'Tried after revoking'],
        widths: ['*', 80, 60, 110, 120],
        rows: items.map((item) => [
          item.who,
          item.controllers === null
            ? item.role
            : `${item.role}, ${item.controllers.length} controllers`,
          day(item.lastUsedAt),
          item.decidedAt === null
            ? 'open'
            : `${item.decision}, ${day(item.decidedAt)}, by ${item.decidedBy}`,
          item.probeAnswer ?? '',
        ]),
      },
    },
  ]
}
