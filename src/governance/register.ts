import { type Day, dayOf } from './day.ts'

/** The registers, by the name they have in addresses. */
export const registerNames = [
  'vendors',
  'contracts',
  'trainings',
  'vulnerabilities',
  'penetration-tests',
  'changes',
  'endpoints',
  'sites',
  'releases',
] as const
export type RegisterName = (typeof registerNames)[number]

export interface Register {
  readonly name: RegisterName
  readonly title: string
  /** Table in schema `governance`. */
  readonly table: string
  /** The expression that names a row for people. */
  readonly titled: string
  /**
   * Whether the register can be truly empty. Where it cannot (people are always to be trained),
   * nobody may declare that there is nothing.
   */
  readonly canBeEmpty: boolean
  /** The due day follows from a promise and cannot be moved by hand. */
  readonly fixedDue: boolean
  /** A row's life has an act that ends it; the plain end would pass that by. */
  readonly endsBySelf: boolean
}

const plain = { canBeEmpty: false, fixedDue: false, endsBySelf: false }

/** Every register. Names of tables and expressions are constants of ours; nothing of a request reaches them. */
export const registers: Readonly<Record<RegisterName, Register>> = {
  vendors: {
    ...plain,
    name: 'vendors',
    title: 'Vendors and sub-processors',
    table: 'vendor',
    titled: `name || ': ' || service`,
    canBeEmpty: true,
  },
  contracts: {
    ...plain,
    name: 'contracts',
    title: 'Data-protection contracts',
    table: 'contract',
    titled: `upper(kind) || ' signed ' || to_char(signed_on, 'YYYY-MM-DD')`,
    canBeEmpty: true,
  },
  trainings: {
    ...plain,
    name: 'trainings',
    title: 'Awareness training',
    table: 'training',
    titled: 'course',
  },
  vulnerabilities: {
    ...plain,
    name: 'vulnerabilities',
    title: 'Vulnerabilities',
    table: 'vulnerability',
    titled: `identifier || ': ' || title`,
    canBeEmpty: true,
    fixedDue: true,
    endsBySelf: true,
  },
  'penetration-tests': {
    ...plain,
    name: 'penetration-tests',
    title: 'Penetration tests',
    table: 'penetration_test',
    titled: 'engagement',
  },
  changes: {
    ...plain,
    name: 'changes',
    title: 'Changes',
    table: 'change',
    titled: 'title',
    endsBySelf: true,
  },
  endpoints: {
    ...plain,
    name: 'endpoints',
    title: 'Devices that touch the data',
    table: 'endpoint',
    titled: 'tag',
    canBeEmpty: true,
  },
  sites: { ...plain, name: 'sites', title: 'Sites', table: 'site', titled: 'name' },
  releases: {
    ...plain,
    name: 'releases',
    title: 'Releases and their evidence',
    table: 'release',
    titled: 'version',
  },
}

/** Whether a row waits for its owner: open, and its due day is past. */
export const isOverdue = (due: Day, endedAt: Date | null, now: Date): boolean =>
  endedAt === null && due < dayOf(now)

/** What a caller may say of the page wanted; 50 entries unless said otherwise, ended ones included. */
export function pageOf(query: { after?: string; limit?: number; open?: boolean }) {
  const { after, limit = 50, open = false } = query
  return after === undefined ? { limit, open } : { after, limit, open }
}
