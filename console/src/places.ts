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

export interface Place {
  readonly name: string
  readonly path: string
  readonly icon: LucideIcon
}

/** The rail: every place of the console, in its group. */
export const places: readonly { readonly group: string; readonly places: readonly Place[] }[] = [
  {
    group: 'Now',
    places: [
      { name: 'Overview', path: '/', icon: FileCheck2 },
      { name: 'Watch', path: '/watch', icon: Eye },
      { name: 'Incidents', path: '/incidents', icon: Siren },
    ],
  },
  {
    group: 'Data',
    places: [
      { name: 'Controllers', path: '/controllers', icon: Building2 },
      { name: 'Vault', path: '/vault', icon: Vault },
      { name: 'Trail', path: '/trail', icon: ScrollText },
    ],
  },
  {
    group: 'Access',
    places: [
      { name: 'People & access', path: '/access', icon: UserRoundCheck },
      { name: 'Keys', path: '/keys', icon: KeyRound },
      { name: 'Gate', path: '/gate', icon: DoorClosed },
    ],
  },
  {
    group: 'Assurance',
    places: [
      { name: 'Governance', path: '/governance', icon: BookOpenCheck },
      { name: 'Continuity', path: '/continuity', icon: Archive },
    ],
  },
  {
    group: 'Public',
    places: [{ name: 'Public annex', path: '/public-annex', icon: Globe }],
  },
]
