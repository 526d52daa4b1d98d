/** What a category holds, as the contract says. */
export interface HeldCategory {
  readonly name: string
  readonly fields: readonly { readonly kind: string; readonly special: boolean }[]
}

/**
 * What is likely to follow for the people concerned (GDPR Art. 33(3)(c)), by what the touched
 * categories hold. A draft for a human: it names what is usual, not what is known.
 */
export function likelyConsequences(
  categories: readonly HeldCategory[],
  { disclosed, changed }: { readonly disclosed: boolean; readonly changed: boolean },
): string {
  const kinds = new Set(categories.flatMap(({ fields }) => fields.map(({ kind }) => kind)))
  const special = categories.some(({ fields }) => fields.some((field) => field.special))
  const sentences: string[] = []
  if (disclosed) {
    sentences.push('Whoever held the access has seen these data and may use or pass them on.')
    if (kinds.has('email') || kinds.has('phone'))
      sentences.push('Unwanted or deceiving messages and calls that use the data are likely.')
    if (kinds.has('identifier') || kinds.has('date'))
      sentences.push('Attempts to pass for the people concerned are possible.')
    if (special)
      sentences.push(
        'Data of special categories (GDPR Art. 9) are among them: distress, discrimination or damage to reputation are possible.',
      )
  }
  if (changed)
    sentences.push('Data were changed or erased: decisions that rest on them may be wrong.')
  return sentences.join(' ')
}
