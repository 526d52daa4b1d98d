// Answers a person who asks for their data and then to be forgotten (GDPR Art. 15 and 17).
import { exportRecords, isRefused } from '../src/index.ts'
import { connect } from './connection.ts'

const { house, controllerId } = connect()
const why = { purpose: 'care', reason: 'Request 88 of the data subject' }

await house.call('PUT /v1/controllers/{controllerId}/records', {
  path: { controllerId },
  body: { subjectKey: 'P-2002', category: 'contact', fields: { name: 'Alan Turing' } },
  why,
})
const found = await house.call('POST /v1/controllers/{controllerId}/subjects/find', {
  path: { controllerId },
  body: { subjectKey: 'P-2002' },
  why,
})
const { subjectId } = found.value.items[0]!

for await (const { category, fields } of exportRecords(house, { controllerId, subjectId, why }))
  console.log(category, JSON.stringify(fields))

const path = { controllerId, subjectId }
const erased = await house.call('DELETE /v1/controllers/{controllerId}/subjects/{subjectId}', {
  path,
  why,
})
console.log(`${erased.value.keys.length} key destroyed`)

await house
  .call('GET /v1/controllers/{controllerId}/subjects/{subjectId}', { path, why })
  .catch((error: unknown) => {
    if (!isRefused(error)) throw error
    console.log(error.code)
  })
