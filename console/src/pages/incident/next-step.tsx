import { ArrowRight } from 'lucide-react'
import { useControllers } from '../../actors.tsx'
import { shortId } from '../../ui/tellings.tsx'
import { isWaiting, type WholeIncident } from './wire.ts'

/** The one thing to do now, in words. */
export function NextStep({ incident }: { readonly incident: WholeIncident }) {
  const { nameOf } = useControllers()
  if (incident.state === 'closed') return null
  return (
    <p className="next-step">
      <ArrowRight aria-hidden />
      <span>
        <strong>Next:</strong> {stepOf(incident, (id) => nameOf(id) ?? shortId(id))}
      </span>
    </p>
  )
}

function stepOf(
  { suspects, containedAt, containment, scope, notices }: WholeIncident,
  nameOf: (controllerId: string) => string,
): string {
  if (suspects.length === 0) return 'name a suspect, or close with what was found.'
  if (containedAt === null) return 'cut the suspect off.'
  if (containment.some(({ step, held }) => step === 'probe-after' && !held))
    return 'the cut does not hold: cut off again.'
  if (scope === null) return 'count whom it reached.'
  if (scope.unknown) return 'find out why the trail could not be verified, then count again.'
  const [waiting] = notices.filter(isWaiting)
  if (waiting === undefined) return 'close the incident, once nothing is left to find out.'
  const name = nameOf(waiting.controllerId)
  if (waiting.state === 'approved') return `send the notice to ${name}.`
  return waiting.missing.length === 0
    ? `approve the notice to ${name}.`
    : `the notice to ${name} lacks ${waiting.missing.join(', ')}.`
}
