import { State, type Tone } from '../../ui/state.tsx'
import { keyOf } from '../../ask.ts'
import { type ListedRequest, type PartProps, pathOf, type RequestRead } from './shapes.ts'

/** What each step of a request is given. */
export interface StepProps extends PartProps {
  readonly path: string
  readonly request: RequestRead
}

/** What a step makes old. */
export const renewsOf = ({ controller }: PartProps) => [
  keyOf(pathOf(controller.controllerId)),
  keyOf('/v1/subject-requests'),
]

export const kindWords: Readonly<Record<ListedRequest['kind'], string>> = {
  access: 'access: a copy (Art. 15)',
  portability: 'portability: a copy to take along (Art. 20)',
  rectification: 'rectification (Art. 16)',
  erasure: 'erasure (Art. 17)',
  restriction: 'restriction (Art. 18)',
  objection: 'objection (Art. 21)',
}

const stateWords: Readonly<Record<ListedRequest['state'], readonly [string, Tone]>> = {
  received: ['to be forwarded', 'warn'],
  forwarded: ['waits for the controller', 'warn'],
  instructed: ['to be done', 'warn'],
  done: ['done', 'good'],
  declined: ['declined by the controller', 'plain'],
}

export function RequestStateBadge({ state }: Pick<ListedRequest, 'state'>) {
  const [word, tone] = stateWords[state]
  return <State word={word} tone={tone} />
}

const stepWords: Readonly<Record<string, string>> = {
  received: 'Received',
  found: 'Subject named',
  forwarded: 'Forwarded to the controller',
  unsent: 'No mail server took it to the controller',
  instructed: 'The controller instructed',
  extended: 'Extended by two months',
  done: 'Done',
  declined: 'Declined',
}

export const stepText = (what: string): string => stepWords[what] ?? what
