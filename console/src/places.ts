import {
  Archive,
  BookOpenCheck,
  Building2,
  DoorClosed,
  Eye,
  FileCheck2,
  KeyRound,
  type LucideIcon,
  ScrollText,
  Siren,
  UserRoundCheck,
  Globe,
  Vault,
} from 'lucide-react'
import { mayAsk, type Self } from './self.ts'

export interface Place {
  readonly name: string
  readonly path: string
  readonly icon: LucideIcon
  /** What somebody must be granted for it to show them what it is for. */
  readonly needs: string | null
  /** Whether it says something to everybody: where one asks for what one may not. */
  readonly always?: true
}

export interface Group {
  readonly group: string
  readonly places: readonly Place[]
}

/** Every place of the console, in its group. */
export const places: readonly Group[] = [
  {
    group: 'Now',
    places: [
      { name: 'Overview', path: '/', icon: FileCheck2, needs: 'measures.annex.read', always: true },
      { name: 'Watch', path: '/watch', icon: Eye, needs: 'watch.finding.list' },
      { name: 'Incidents', path: '/incidents', icon: Siren, needs: 'incidents.incident.list' },
    ],
  },
  {
    group: 'Data',
    places: [
      {
        name: 'Controllers',
        path: '/controllers',
        icon: Building2,
        needs: 'vault.controller.list',
      },
      { name: 'Vault', path: '/vault', icon: Vault, needs: 'vault.record.read' },
      { name: 'Trail', path: '/trail', icon: ScrollText, needs: 'trail.entry.list' },
    ],
  },
  {
    group: 'Access',
    places: [
      {
        name: 'People & access',
        path: '/access',
        icon: UserRoundCheck,
        needs: 'identity.role.list',
        always: true,
      },
      { name: 'Keys', path: '/keys', icon: KeyRound, needs: 'keys.overview.read' },
      { name: 'Gate', path: '/gate', icon: DoorClosed, needs: 'gate.state.read' },
    ],
  },
  {
    group: 'Assurance',
    places: [
      {
        name: 'Governance',
        path: '/governance',
        icon: BookOpenCheck,
        needs: 'governance.register.list',
      },
      { name: 'Continuity', path: '/continuity', icon: Archive, needs: 'continuity.backup.list' },
    ],
  },
  {
    group: 'Public',
    places: [{ name: 'Public annex', path: '/public-annex', icon: Globe, needs: null }],
  },
]

/** What the rail leads somebody to: a place that would only say no is none. */
export const placesOf = (self: Self): Group[] =>
  places
    .map(({ group, places: all }) => ({
      group,
      places: all.filter(
        ({ needs, always }) => always === true || needs === null || mayAsk(self, needs),
      ),
    }))
    .filter(({ places: open }) => open.length > 0)
