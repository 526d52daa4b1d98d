/**
 * Finds a Node that can run Holdfast, installs what is missing, and hands over to `main.ts`.
 *
 * Packages are addressed by path: npm 10 forgets their links in `node_modules/.bin` when several
 * platform packages stand in the lockfile, and no install script may be needed (npm 12 blocks them).
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync, lstatSync } from 'node:fs'
import module from 'node:module'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** The first Node that runs TypeScript without a warning; `crypto.argon2` came with 24.7. */
const oldestRuntime = '24.12'
const home = dirname(dirname(fileURLToPath(import.meta.url)))

/** The caller's own Node where it is new enough, else the platform package's; undefined when there is neither. */
export function chooseRuntime({ root, version, execPath, platform, arch }) {
  if (isAtLeast(version, oldestRuntime)) return execPath
  const packages = [`node-${platform}-${arch}`, `node-bin-${platform}-${arch}`]
  return packages.map((name) => join(root, 'node_modules', name, 'bin', 'node')).find(existsSync)
}

function isAtLeast(version, oldest) {
  const [major, minor] = version.split('.').map(Number)
  const [oldestMajor, oldestMinor] = oldest.split('.').map(Number)
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)
}

/** What runs the product or its tests follows the lockfile; everything else only needs packages to be there. */
export function mustInstall(args, root) {
  const follows = args[0] === 'start' || (args[0] === 'dev' && args[1]?.startsWith('test'))
  return follows ? !isCurrent(root) : !existsSync(join(root, 'node_modules', '.package-lock.json'))
}

/** Whether `node_modules` is what `package-lock.json` says: by our stamp, else by the age of npm's own copy. */
export function isCurrent(root) {
  const copy = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(copy)) return false
  if (readStamp(root) === lockHash(root)) return true
  return statSync(copy).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs
}

/** Whether `node_modules` is a link: another checkout's, and not ours to replace. */
export function isBorrowed(root) {
  return lstatSync(join(root, 'node_modules'), { throwIfNoEntry: false })?.isSymbolicLink() === true
}

/** Remembers which lockfile was installed. */
export function stamp(root) {
  writeFileSync(stampFile(root), `${lockHash(root)}\n`)
}

/** Runs one command line of Holdfast and resolves with its exit code. */
export async function launch(args) {
  const root = home
  if (args[0] === '--version') {
    console.log(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version)
    return 0
  }
  if (mustInstall(args, root)) {
    const code = await install(root)
    if (code !== 0) return code
  }
  rememberInstalled(root)
  const { execPath, platform, arch } = process
  const version = process.versions.node
  const runtime = chooseRuntime({ root, version, execPath, platform, arch })
  if (runtime === undefined) {
    console.error(
      `Holdfast needs Node ${oldestRuntime} or later; this is ${version}, and there is no packaged one for ${platform}-${arch}.\n` +
        `Install Node ${oldestRuntime} from https://nodejs.org and start again.`,
    )
    return 1
  }
  process.env['NODE_COMPILE_CACHE'] ??= join(root, 'node_modules', '.cache', 'compile')
  const main = join(root, 'bin', 'main.ts')
  if (runtime === execPath) {
    module.enableCompileCache(process.env['NODE_COMPILE_CACHE'])
    return (await import(pathToFileURL(main).href)).main(args)
  }
  return handOver(runtime, [main, ...args])
}

/** Runs the command under another Node as if it were this process: same terminal, signals and exit code. */
function handOver(runtime, args) {
  const child = spawn(runtime, args, { stdio: 'inherit' })
  const forward = (signal) => child.kill(signal)
  process.on('SIGINT', forward).on('SIGTERM', forward).on('SIGHUP', forward)
  return ended(child)
}

async function install(root) {
  if (isBorrowed(root)) {
    console.error(
      'node_modules is a link to another installation, which npm ci would empty. Remove the link, or install there.',
    )
    return 1
  }
  const before = existsSync(join(root, 'node_modules'))
  console.log(
    `${before ? 'The packages are older than package-lock.json' : 'First start'}: installing with npm ci (a minute or two).`,
  )
  const npm = process.env['npm_execpath']
  // It warns of packages that want a newer Node than its own, which they get, and of install scripts, which
  // none needs. Its errors are shown whole, and say themselves what failed.
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error']
  const options = ['ci', '--include=dev', '--include=optional', ...quiet]
  const child =
    npm !== undefined && /npm-cli\.[cm]?js$/.test(npm)
      ? spawn(process.execPath, [npm, ...options], { cwd: root, stdio: 'inherit' })
      : spawn('npm', options, { cwd: root, stdio: 'inherit' })
  const started = Date.now()
  const ticking = setInterval(() => {
    const seconds = Math.round((Date.now() - started) / 1000)
    console.log(`  ${seconds} s, ${packageCount(root)} packages so far`)
  }, 5000)
  const code = await ended(child)
  clearInterval(ticking)
  if (code === 0) stamp(root)
  else console.error(`npm ci failed (exit ${code}); nothing was started. The reason stands above.`)
  return code
}

/** Where somebody ran npm by hand, later starts need not compare ages, which a checkout changes. */
function rememberInstalled(root) {
  try {
    if (isCurrent(root) && readStamp(root) !== lockHash(root)) stamp(root)
  } catch {
    // An installation that cannot be written to works as well without a stamp.
  }
}

function ended(child) {
  return new Promise((resolve) => {
    child.on('error', (error) => {
      console.error(`${child.spawnfile}: ${error.message}`)
      resolve(127)
    })
    child.on('exit', (code, signal) => resolve(code ?? 128 + (constants.signals[signal] ?? 0)))
  })
}

function packageCount(root) {
  try {
    return readdirSync(join(root, 'node_modules')).filter((name) => !name.startsWith('.')).length
  } catch {
    return 0
  }
}

function lockHash(root) {
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
}

function readStamp(root) {
  return existsSync(stampFile(root)) ? readFileSync(stampFile(root), 'utf8').trim() : undefined
}

function stampFile(root) {
  return join(root, 'node_modules', '.holdfast-lock')
}
