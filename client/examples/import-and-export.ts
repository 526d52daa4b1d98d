// Imports a CSV, then takes everything out again, record by record. Neither holds more than a batch.
import { blobSource, exportRecords, importRecords } from '../src/index.ts'
import { connect } from './connection.ts'

const { house, controllerId } = connect()

const table = new Blob([
  'customer,full name,mail\r\n',
  'C-1,"Hopper, Grace",grace@example.org\r\n',
  'C-2,Zoë,zoe@example.org\r\n',
  'C-3,Nobody,no address\r\n',
])
const { value: report } = await importRecords(house, {
  controllerId,
  // Of a file: blobSource(await openAsBlob('customers.csv')), with openAsBlob of node:fs.
  source: blobSource(table),
  format: 'csv',
  mapping: {
    subjectKey: 'customer',
    category: 'contact',
    fields: { name: 'full name', email: 'mail' },
  },
  why: { purpose: 'care', reason: 'Move from the old system' },
})
console.log(`${report.rowsStored} of ${report.rowsRead} rows stored`)
for (const { row, message } of report.errors) console.log(`row ${row}: ${message}`)

let records = 0
for await (const record of exportRecords(house, {
  controllerId,
  why: { purpose: 'care', reason: 'Nightly copy' },
}))
  if (record.fields !== undefined) records += 1
console.log(`${records > 1 ? 'several' : 'few'} records exported`)
