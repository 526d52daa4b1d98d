// Keeps one person's contact data, finds it by its e-mail address and reads it back.
import { isRefused } from '../src/index.ts'
import { connect } from './connection.ts'

const { house, controllerId } = connect()
const why = { purpose: 'care', reason: 'Appointment 17 is to be confirmed' }

await house.call('PUT /v1/controllers/{controllerId}/records', {
  path: { controllerId },
  body: {
    subjectKey: 'P-1001',
    category: 'contact',
    fields: { name: 'Ada Lovelace', email: 'ada@example.org' },
  },
  why,
})

const found = await house.call('POST /v1/controllers/{controllerId}/subjects/find', {
  path: { controllerId },
  body: { category: 'contact', field: 'email', value: 'ADA@example.org' },
  why,
})
const [subject] = found.value.items
const read = await house.call('GET /v1/controllers/{controllerId}/subjects/{subjectId}', {
  path: { controllerId, subjectId: subject!.subjectId },
  why,
})
console.log(read.value.records[0]?.fields['name'])
console.log(`told in the trail as entry ${read.entryId}`)
console.log(`receipt: ${read.receipt === undefined ? 'none' : 'signed'}`)

try {
  await house.call('GET /v1/controllers/{controllerId}/subjects/{subjectId}', {
    path: { controllerId, subjectId: subject!.subjectId },
    why: { purpose: 'marketing', reason: 'A newsletter' },
  })
} catch (error) {
  if (!isRefused(error, 'vault.purpose-not-agreed')) throw error
  console.log(`refused: ${error.message}`)
}
