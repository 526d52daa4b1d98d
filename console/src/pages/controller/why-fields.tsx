import { Field } from '../../ui/field.tsx'
import type { PartProps } from './shapes.ts'

/** Why personal data is wanted: goes with every look, and into its entry. */
export const WhyFields = ({ controller, why }: PartProps) => (
  <div className="why">
    <Field label="Purpose">
      {(control) => (
        <select
          {...control}
          required
          value={why.purpose}
          onChange={({ target }) => why.set({ purpose: target.value })}
        >
          <option value="">Choose …</option>
          {controller.purposes.map(({ name, categories }) => (
            <option key={name} value={name}>
              {name} ({categories.join(', ') || 'no category'})
            </option>
          ))}
        </select>
      )}
    </Field>
    <Field
      label="Reason"
      hint="A ticket, a request: kept with the entry, so no more of a person than needed"
    >
      {(control) => (
        <input
          {...control}
          required
          maxLength={500}
          placeholder="Ticket 4711: customer asks for a copy"
          autoComplete="off"
          value={why.reason}
          onChange={({ target }) => why.set({ reason: target.value })}
        />
      )}
    </Field>
  </div>
)
