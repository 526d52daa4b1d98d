import type { Actor, Effect, Grant } from '#kernel'
import { type Controller, createController, findSubjects, putRecords, readSubjects } from '#vault'
import type { NewControllerTerms, PutRow, Sought } from '#vault'
import type { TestHouse } from './house.ts'

/** The contract of a clinic that says something about everything a contract can say. */
export const clinicTerms: NewControllerTerms = {
  name: 'Alder Clinic',
  country: 'DE',
  categories: [
    {
      name: 'contact',
      fields: [
        { name: 'name', kind: 'text', searchable: true, words: true },
        { name: 'email', kind: 'email', searchable: true },
        { name: 'phone', kind: 'phone', searchable: true },
        { name: 'iban', kind: 'identifier', class: 'financial', purposes: ['billing'] },
      ],
      retainDays: 400,
    },
    {
      name: 'health',
      fields: [{ name: 'diagnosis', kind: 'text', class: 'special' }],
      retainDays: 30,
      retainFrom: 'contract-end',
    },
    {
      name: 'visit',
      fields: [
        { name: 'ward', kind: 'choice', options: ['north', 'south'] },
        { name: 'born', kind: 'date' },
        { name: 'inpatient', kind: 'boolean' },
      ],
      retainDays: 10,
      anonymise: {
        k: 5,
        keep: [
          { field: 'ward', method: 'keep' },
          { field: 'born', method: 'year' },
        ],
      },
    },
  ],
  purposes: [
    { name: 'care', categories: ['contact', 'health', 'visit'] },
    { name: 'billing', categories: ['contact'] },
    { name: 'news', categories: ['contact'], consent: true },
  ],
  exportAlone: 3,
  breachContacts: [{ name: 'Olive Officer', email: 'olive@alder.example' }],
}

export interface Who {
  readonly purpose?: string
  readonly actor?: Actor
  readonly reason?: string
}

/** What a test does in one controller, as the house where it says nothing else. */
export function inController(house: TestHouse, { controllerId }: Controller) {
  const ask = (
    action: string,
    effect: Effect,
    { purpose = 'care', reason = 'ticket 4711', actor }: Who,
  ) => ({
    action,
    effect,
    scope: { controllerId },
    purpose,
    reason,
    ...(actor === undefined ? {} : { actor }),
  })
  const act = <T>(action: string, deed: Parameters<typeof house.act<T>>[1], who: Who = {}) =>
    house.act(ask(action, 'write', who), deed)
  const look = <T>(action: string, deed: Parameters<typeof house.act<T>>[1], who: Who = {}) =>
    house.act(ask(action, 'read', who), deed)
  return {
    act,
    look,
    put: (rows: readonly PutRow[], who?: Who) =>
      act('vault.record.put', (a) => putRecords(a, rows), who),
    read: (ids: readonly string[], who?: Who) =>
      look('vault.record.read', (a) => readSubjects(a, ids), who),
    find: (sought: Sought, who?: Who) =>
      look('vault.subject.find', (a) => findSubjects(a, sought, 0, 100), who),
  }
}

export const takeIn = (house: TestHouse, terms: NewControllerTerms = clinicTerms) =>
  house.act({ action: 'vault.controller.create' }, (act) => createController(act, terms))

/** A person of the staff with one grant in every controller: these actions. */
export const personWith = (grant: Partial<Grant> & Pick<Grant, 'actions'>, last = 'aa'): Actor => ({
  id: `01890000-0000-7000-8000-0000000000${last}`,
  kind: 'person',
  assurance: 2,
  grants: [
    {
      id: `01890000-0000-7000-8000-0000000001${last}`,
      controllers: null,
      categories: null,
      purposes: null,
      ...grant,
    },
  ],
  label: `person ${last}`,
})
