/** One of a few: buttons in a row, of which one is pressed. */
export function Choice<Value extends string>({
  label,
  value,
  options,
  onChange,
}: {
  readonly label: string
  readonly value: Value
  readonly options: Readonly<Record<Value, string>>
  readonly onChange: (value: Value) => void
}) {
  const values = Object.keys(options) as Value[]
  return (
    <fieldset className="choice-row">
      <legend className="visually-hidden">{label}</legend>
      {values.map((each) => (
        <button
          key={each}
          type="button"
          aria-pressed={each === value}
          onClick={() => onChange(each)}
        >
          {options[each]}
        </button>
      ))}
    </fieldset>
  )
}
