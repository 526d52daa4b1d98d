import {
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CircleDot,
  CircleMinus,
  Clock3,
  type LucideIcon,
} from 'lucide-react'

export type Tone = 'good' | 'bad' | 'warn' | 'plain'

const icons: Record<Tone, LucideIcon> = {
  good: CircleCheck,
  bad: CircleAlert,
  warn: Clock3,
  plain: CircleDot,
}

/** A state: the word first, then its colour, then a shape of its own. */
export function State({
  word,
  tone,
  icon,
}: {
  readonly word: string
  readonly tone: Tone
  readonly icon?: LucideIcon
}) {
  const Icon = icon ?? icons[tone]
  return (
    <span className="state" data-tone={tone}>
      <Icon aria-hidden />
      {word}
    </span>
  )
}

/** The states a measure can be in, as the house derives them. */
export type MeasureState =
  | 'proven'
  | 'failing'
  | 'stale'
  | 'unknown'
  | 'excepted'
  | 'not-applicable'

const measureStates: Record<MeasureState, [word: string, tone: Tone, icon?: LucideIcon]> = {
  proven: ['proven', 'good'],
  failing: ['failing', 'bad'],
  stale: ['stale', 'warn'],
  unknown: ['unknown', 'plain', CircleDashed],
  excepted: ['excepted', 'warn', CircleMinus],
  'not-applicable': ['not applicable', 'plain', CircleMinus],
}

export function MeasureStateBadge({ state }: { readonly state: MeasureState }) {
  const [word, tone, icon] = measureStates[state]
  return <State word={word} tone={tone} {...(icon === undefined ? {} : { icon })} />
}
