import type { Field } from '../controllers/contract.ts'
import type { FieldValue } from './field-value.ts'

const hidden = '•••'

/**
 * A value as it is shown without the right to reveal: enough to recognise, not to know.
 *
 * E-mail `a•••@•••.de`, phone its last two digits, date its year; everything else, and every
 * value of a special category, only dots.
 */
export function mask(
  { kind, special }: Pick<Field, 'kind' | 'special'>,
  value: FieldValue,
): string {
  if (special || typeof value !== 'string') return hidden
  if (kind === 'email') return maskEmail(value)
  if (kind === 'phone') return maskPhone(value)
  if (kind === 'date') return value.slice(0, 4)
  return hidden
}

function maskEmail(email: string): string {
  const at = email.lastIndexOf('@')
  const [first = ''] = email.slice(0, at)
  const dot = email.lastIndexOf('.')
  return `${first}${hidden}@${hidden}${dot > at ? email.slice(dot) : ''}`
}

/** Two digits of a number of seven or more leave at least 100,000 candidates. */
function maskPhone(phone: string): string {
  const digits = phone.replaceAll(/\D/g, '')
  return digits.length < 7 ? hidden : `${hidden}${digits.slice(-2)}`
}
