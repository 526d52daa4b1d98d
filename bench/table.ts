import { printTable } from './parts/report.ts'

// Runs last: what the benches before it have told, as one table.

printTable()
