import { backup } from './backup.ts'
import { importBreachList } from './breach-list.ts'
import { checkErasure } from './certificate.ts'
import { drillBreach } from './drill/breach.ts'
import { drillRestore } from './drill-restore.ts'
import { importFile } from './import.ts'
import { offboard } from './offboard.ts'
import { login, logout } from './login.ts'
import { checkReceipt } from './receipt.ts'
import { migrateRoot } from './migrate-root.ts'
import { recover } from './recover.ts'
import { exportTrail } from './trail-export.ts'
import { tailTrail } from './trail-tail.ts'
import { restoreBackup } from './restore.ts'
import { packTrail } from './trail-pack.ts'
import { refillTrail, succeedTrail } from './trail-restore.ts'
import { verify, verifyVault } from './verify.ts'
import { witness, witnessAdd, witnessInit } from './witness.ts'

/** What every command may say. */
export interface Globals {
  readonly url: string | undefined
  readonly tokenFile: string | undefined
  readonly json: boolean
  readonly env: NodeJS.ProcessEnv
  readonly cwd: string
}

/** A command of our own: several calls, or work on this host. */
export interface Verb {
  readonly words: string
  readonly usage: string
  readonly about: string
  readonly more?: string
  run(
    args: readonly string[],
    flags: ReadonlyMap<string, string>,
    globals: Globals,
  ): Promise<number>
}

const supervised = async () => {
  throw new RangeError('this is started by itself: npm start')
}

export const verbs: readonly Verb[] = [
  {
    words: 'start',
    usage: '',
    about: 'Start PostgreSQL and the server; Ctrl-C stops both. The same as npm start.',
    more: `
Settings are in docs/settings.md; the data lie in ./var, or in HOLDFAST_DATA.
`,
    run: supervised,
  },
  login,
  logout,
  importFile,
  importBreachList,
  offboard,
  verify,
  verifyVault,
  tailTrail,
  exportTrail,
  packTrail,
  refillTrail,
  succeedTrail,
  checkReceipt,
  checkErasure,
  backup,
  restoreBackup,
  recover,
  migrateRoot,
  drillBreach,
  drillRestore,
  witness,
  witnessInit,
  witnessAdd,
]
