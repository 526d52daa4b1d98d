import { doesNotThrow, equal, throws } from 'node:assert/strict'
import { test } from 'node:test'
import { normalEmail } from '../accounts/email.ts'
import { actionBook } from './action-book.ts'
import { demandPatterns, isPrivileged } from './role.ts'

test('looking is not privileged; changing, a prefix and anything about data subjects is', () => {
  equal(isPrivileged(['identity.role.list', 'vault.controller.read']), false)
  equal(isPrivileged(['identity.role.list', 'identity.role.change']), true)
  equal(isPrivileged(['measures.*']), true)
  equal(isPrivileged(['vault.record.read']), true)
  equal(isPrivileged(['vault.subject.list']), true)
})

const door = (action: string) => ({ action, summary: action, method: 'GET', url: '/' })

test('a pattern that could match nothing or everything is refused', () => {
  const doors = [door('vault.record.read'), door('gate.assertion-key.read')]
  actionBook.enter(doors, [])
  doesNotThrow(() => demandPatterns(['vault.*', 'vault.record.*', 'gate.assertion-key.read']))
  for (const pattern of [
    '*',
    'vault',
    'vault*',
    '*.read',
    'vault.*.read',
    'Vault.record.read',
    '',
    'vault..read',
  ])
    throws(() => demandPatterns([pattern]), { code: 'identity.role-not-valid' })
  throws(() => demandPatterns(['vault.tape.*']), { code: 'identity.unknown-action' })
  throws(() => demandPatterns([]), { code: 'identity.role-not-valid' })
})

test('an e-mail has one spelling', () => {
  equal(normalEmail(' Nadia@Customer.Example '), 'nadia@customer.example')
  for (const wrong of [
    'nadia',
    'nadia@',
    '@customer.example',
    'a b@c.de',
    'a@b',
    'a@b.',
    '<a@b.de>',
  ])
    throws(() => normalEmail(wrong), { code: 'identity.email-not-valid' })
})
