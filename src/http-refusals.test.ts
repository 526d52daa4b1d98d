import { deepEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { fromFastify, invalid } from './http-refusals.ts'

test('a request of another shape is told in a sentence which part of it, where, and by which rule', () => {
  const said = (validationContext: string, instancePath: string, message?: string) =>
    fromFastify({
      validation: [{ instancePath, ...(message === undefined ? {} : { message }) }],
      validationContext,
    })?.message
  deepEqual(
    [
      said('body', '/breachContacts/0/name', 'must not have fewer than 1 characters'),
      said('params', '/controllerId', 'must match format "uuid"'),
      said(
        'body',
        '/subjectId',
        'must match pattern "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"',
      ),
      said('querystring', '/limit'),
      said('headers', ''),
      invalid('params', 'controllerId').message,
      invalid('body', `a${'.0'.repeat(70)}`, 'must not be nested deeper than 64').message,
    ],
    [
      'The body of the request is not of the shape it must have, at breachContacts.0.name: must not have fewer than 1 characters.',
      'The address of the request is not of the shape it must have, at controllerId: must be a whole id: 32 digits in five groups.',
      'The body of the request is not of the shape it must have, at subjectId: must be a whole id: 32 digits in five groups.',
      'The query of the request is not of the shape it must have, at limit.',
      'The headers of the request are not of the shape it must have.',
      'The address of the request is not of the shape it must have, at controllerId.',
      `The body of the request is not of the shape it must have, at a${'.0'.repeat(31)}.…: must not be nested deeper than 64.`,
    ],
  )
})
