import { ruleSentence } from '../retention/anonymise.ts'
import { longestRetention } from '../retention/retention.ts'
import { type Category, type Contract, type Field, fieldClasses } from './contract.ts'

/** What an amendment takes away from the protection promised before, one sentence each. */
export function weakenings(before: Contract, after: Contract): string[] {
  const found: string[] = []
  if (after.noticeHours > before.noticeHours)
    found.push(
      `Notice of a breach comes after ${after.noticeHours} h instead of ${before.noticeHours} h.`,
    )
  if (after.exportAlone > before.exportAlone)
    found.push(
      `One person exports ${after.exportAlone} subjects alone instead of ${before.exportAlone}.`,
    )
  for (const category of after.categories) {
    const old = before.categories.find(({ name }) => name === category.name)
    if (old === undefined) continue
    found.push(...longer(old, category))
    for (const field of category.fields) {
      const was = old.fields.find(({ name }) => name === field.name)
      if (was === undefined) found.push(`${category.name} also holds ${field.name}.`)
      else found.push(...barer(`${category.name}.${field.name}`, was, field))
    }
  }
  return [...found, ...wider(before, after)]
}

function longer(old: Category, category: Category): string[] {
  const { name, retainDays, retainFrom } = category
  const found: string[] = []
  if (retainFrom !== old.retainFrom && retainFrom !== null)
    found.push(
      `${name} is kept until ${retainDays} days after ${retainFrom}, at most ${longestRetention} days.`,
    )
  else if (retainDays > old.retainDays)
    found.push(`${name} is kept ${retainDays} days instead of ${old.retainDays}.`)
  const isOther = JSON.stringify(category.anonymise) !== JSON.stringify(old.anonymise)
  if (isOther && category.anonymise !== null) found.push(ruleSentence(category))
  return found
}

function barer(place: string, was: Field, field: Field): string[] {
  const found: string[] = []
  if (was.special && !field.special) found.push(`${place} no longer counts as a special category.`)
  else if (fieldClasses.indexOf(field.class) < fieldClasses.indexOf(was.class))
    found.push(`${place} counts as ${field.class}, no longer as ${was.class}.`)
  if (field.searchable && !was.searchable) found.push(`${place} becomes searchable.`)
  if (field.words && !was.words) found.push(`${place} becomes searchable by its words.`)
  if (was.purposes !== null) {
    if (field.purposes === null)
      found.push(`Every purpose that may use its category may use ${place}.`)
    else
      for (const purpose of field.purposes)
        if (!was.purposes.includes(purpose))
          found.push(`The purpose ${purpose} may also use ${place}.`)
  }
  return found
}

function wider(before: Contract, after: Contract): string[] {
  const found: string[] = []
  for (const purpose of after.purposes) {
    const old = before.purposes.find(({ name }) => name === purpose.name)
    if (old === undefined) {
      found.push(`A new purpose, ${purpose.name}, may use data.`)
      continue
    }
    if (old.consent && !purpose.consent)
      found.push(`The purpose ${purpose.name} no longer needs consent.`)
    for (const category of purpose.categories)
      if (!old.categories.includes(category))
        found.push(`The purpose ${purpose.name} may also use ${category}.`)
  }
  return found
}
