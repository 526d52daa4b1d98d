import { Check } from 'lucide-react'

/** Where one is in a row of steps. */
export const Steps = ({
  names,
  at,
}: {
  readonly names: readonly string[]
  readonly at: number
}) => (
  <ol className="steps">
    {names.map((name, place) => (
      <li
        key={name}
        data-done={place < at}
        {...(place === at ? { 'aria-current': 'step' as const } : {})}
      >
        <span className="step-number">{place < at ? <Check aria-label="done" /> : place + 1}</span>
        {name}
      </li>
    ))}
  </ol>
)
