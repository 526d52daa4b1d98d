import { deepEqual, equal, ok, throws } from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { spentMs } from '../../../test/spent.ts'
import { type Filter, isMatch, readFilter, readPath } from './filter.ts'

/** A filter written with every bracket, as it was understood. */
function written(filter: Filter): string {
  switch (filter.is) {
    case 'and':
    case 'or':
      return `(${filter.of.map(written).join(` ${filter.is} `)})`
    case 'not':
      return `not ${written(filter.of)}`
    case 'within':
      return `${filter.path.name}[${written(filter.of)}]`
    default: {
      const { schema, name, sub } = filter.path
      const path = `${schema === undefined ? '' : `${schema}|`}${name}${sub === undefined ? '' : `.${sub}`}`
      return filter.is === 'present'
        ? `${path} pr`
        : `${path} ${filter.by} ${JSON.stringify(filter.value)}`
    }
  }
}

test('the examples of RFC 7644 §3.4.2.2 are understood as its table says', () => {
  const examples: Readonly<Record<string, string>> = {
    'userName eq "bjensen"': 'username eq "bjensen"',
    'name.familyName co "O\'Malley"': 'name.familyname co "O\'Malley"',
    'userName sw "J"': 'username sw "J"',
    'urn:ietf:params:scim:schemas:core:2.0:User:userName sw "J"':
      'urn:ietf:params:scim:schemas:core:2.0:user|username sw "J"',
    'title pr': 'title pr',
    'meta.lastModified gt "2011-05-13T04:42:34Z"': 'meta.lastmodified gt "2011-05-13T04:42:34Z"',
    'title pr and userType eq "Employee"': '(title pr and usertype eq "Employee")',
    'title pr or userType eq "Intern"': '(title pr or usertype eq "Intern")',
    'schemas eq "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"':
      'schemas eq "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"',
    'userType eq "Employee" and (emails co "example.com" or emails.value co "example.org")':
      '(usertype eq "Employee" and (emails co "example.com" or emails.value co "example.org"))',
    'userType ne "Employee" and not (emails co "example.com" or emails.value co "example.org")':
      '(usertype ne "Employee" and not (emails co "example.com" or emails.value co "example.org"))',
    'userType eq "Employee" and (emails.type eq "work")':
      '(usertype eq "Employee" and emails.type eq "work")',
    'userType eq "Employee" and emails[type eq "work" and value co "@example.com"]':
      '(usertype eq "Employee" and emails[(type eq "work" and value co "@example.com")])',
    'emails[type eq "work" and value co "@example.com"] or ims[type eq "xmpp" and value co "@foo.com"]':
      '(emails[(type eq "work" and value co "@example.com")] or ims[(type eq "xmpp" and value co "@foo.com")])',
  }
  for (const [text, understood] of Object.entries(examples))
    equal(written(readFilter(text)), understood)
})

test('"not" binds before "and", and "and" before "or", whatever the case and the space', () => {
  equal(
    written(readFilter('a eq 1  OR b eq true And not(c eq null) or d gt -2.5e3')),
    '(a eq 1 or (b eq true and not c eq null) or d gt -2500)',
  )
  equal(written(readFilter('a eq "say \\"hi\\" \\u00e9"')), 'a eq "say \\"hi\\" é"')
})

test('what is no filter is refused, and nothing of it is handed back', () => {
  const wrong = [
    '',
    'userName',
    'userName eq',
    'userName is "a"',
    'userName eq bjensen',
    'userName eq "a',
    'userName eq "a" b eq "c"',
    'userName eq "a" and',
    '(userName eq "a"',
    'userName eq "a")',
    'not userName eq "a"',
    'emails[type eq "work"',
    'a..b eq 1',
    '1a eq 1',
    'a eq "\u0001"',
    `${'('.repeat(20)}a pr${')'.repeat(20)}`,
    `a eq "${'x'.repeat(3000)}"`,
  ]
  for (const text of wrong)
    throws(
      () => readFilter(text),
      (error: Error & { code?: string }) =>
        error.code === 'identity.scim-filter' && !error.message.includes('bjensen'),
      text.slice(0, 40),
    )
})

test('no text keeps the reader busy, and none reaches a prototype', () => {
  const began = spentMs()
  for (const text of [
    Array.from({ length: 60 }, (_, i) => `(a${i} eq 1 or b${i} eq 2)`).join(' and '),
    `urn:${'a:'.repeat(900)}b eq 1`,
    'not('.repeat(400),
    `"${'\\'.repeat(1900)}`,
  ])
    try {
      readFilter(text)
    } catch (error) {
      equal((error as { code?: string }).code, 'identity.scim-filter')
    }
  ok(spentMs() - began < 200)
  equal(isMatch(readFilter('toString pr or constructor pr'), { a: 1 }), false)
  equal(({} as { polluted?: unknown }).polluted, undefined)
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
      try {
        readFilter(text)
      } catch (error) {
        equal((error as { name?: string }).name, 'Refusal')
      }
    }),
  )
})

test('a path of PATCH is an attribute, some of its values, or a part of those', () => {
  const read = (text: string) => {
    const { name, sub, of } = readPath(text)
    return [name, sub, of === undefined ? undefined : written(of)]
  }
  deepEqual(read('members'), ['members', undefined, undefined])
  deepEqual(read('name.familyName'), ['name', 'familyname', undefined])
  deepEqual(read('addresses[type eq "work"]'), ['addresses', undefined, 'type eq "work"'])
  deepEqual(read('members[value eq "2819"].displayName'), [
    'members',
    'displayname',
    'value eq "2819"',
  ])
  for (const wrong of ['', 'a b', 'a[', 'a[b eq 1', 'a[b eq 1].', 'a.b[c eq 1]', 'a[b eq 1].c d'])
    throws(() => readPath(wrong), { code: 'identity.scim-path' }, wrong)
})

test('values are compared as the schema compares them: without case', () => {
  const value = { value: 'Ada@Example.com', type: 'work', primary: true }
  for (const [text, expected] of [
    ['type eq "WORK"', true],
    ['TYPE ne "work"', false],
    ['value co "EXAMPLE" and primary eq true', true],
    ['value sw "ada" and value ew ".com"', true],
    ['value gt "b"', false],
    ['not (display pr)', true],
    ['display eq null', true],
    ['primary eq "true"', false],
  ] as const)
    equal(isMatch(readFilter(text), value), expected, text)
})
