// The page around holdfast-verify.mjs: files in, lines out. Nothing is sent anywhere; text only ever
// becomes text, so that no file can bring markup along.
import {
  blobAccess,
  certificatesIn,
  parseNote,
  parsePolicy,
  parseReceipt,
  parseVerifierKey,
  verifyLog,
  zipSource,
} from './holdfast-verify.mjs'

const at = (id) => document.getElementById(id)
/** @type {{ kind: string, name: string, value: unknown }[]} */
let held = []

/** What a file is, by what is in it. */
const readers = [
  ['policy', (text) => parsePolicy(text)],
  ['receipt', (text) => parseReceipt(text)],
  ['certificates', (text) => certificatesIn(text)],
  ['kept checkpoint', (text) => (parseNote(text), text)],
]

async function read(file) {
  const start = new Uint8Array(await file.slice(0, 4).arrayBuffer())
  if (start[0] === 0x50 && start[1] === 0x4b) return { kind: 'pack', name: file.name, value: file }
  if (file.size > 1_000_000) return { kind: 'not understood', name: file.name, value: undefined }
  const text = await file.text()
  for (const [kind, parse] of readers) {
    try {
      return { kind, name: file.name, value: parse(text) }
    } catch {
      // The next reader may know it.
    }
  }
  return { kind: 'not understood', name: file.name, value: undefined }
}

async function take(files) {
  const taken = await Promise.all([...files].map(read))
  // There is one pack and one policy; of the rest any number.
  const single = new Set(
    taken.map(({ kind }) => kind).filter((k) => k === 'pack' || k === 'policy'),
  )
  held = [...held.filter(({ kind }) => !single.has(kind)), ...taken]
  at('held').replaceChildren(
    ...held.map(({ kind, name }) => {
      const item = document.createElement('li')
      const what = document.createElement('span')
      what.className = 'what'
      what.textContent = kind
      item.append(what, name)
      return item
    }),
  )
  at('verify').disabled = !held.some(({ kind }) => kind === 'pack')
}

const all = (kind) => held.filter((one) => one.kind === kind).map(({ value }) => value)

const headlines = {
  proven: 'Proven: nothing is missing, changed or in another place.',
  refuted: 'Not sound: something here is wrong.',
  incomplete: 'Incomplete: nothing here is wrong, and not everything could be proven.',
}

const marks = { proven: '✓ proven', refuted: '✗ wrong', unchecked: '? unchecked', told: '· told' }

function show(report) {
  const heading = at('outcome')
  heading.className = report.outcome
  heading.textContent = headlines[report.outcome]
  const facts = [
    ['Log', report.origin ?? '–'],
    [
      'Entries',
      `${report.entries.toLocaleString('en')} of ${report.size.toLocaleString('en')} read`,
    ],
    ['Root', report.root ?? '–'],
    [
      'Rung',
      report.rung ? `${report.rung.reached}, ${report.rung.name}: ${report.rung.words}` : '–',
    ],
  ]
  at('facts').replaceChildren(
    ...facts.flatMap(([name, value]) => {
      const [term, said] = [document.createElement('dt'), document.createElement('dd')]
      term.textContent = name
      said.textContent = value
      return [term, said]
    }),
  )
  at('lines').replaceChildren(
    ...report.lines.map(({ mark, topic, text }) => {
      const row = document.createElement('tr')
      row.className = mark
      for (const cell of [marks[mark], topic, text]) {
        const data = document.createElement('td')
        data.textContent = cell
        row.append(data)
      }
      row.firstChild.className = 'mark-cell'
      return row
    }),
  )
  const json = new Blob([JSON.stringify(report, null, 2)], { type: 'application/json' })
  at('save').href = URL.createObjectURL(json)
  at('result').hidden = false
  heading.focus()
}

async function verify() {
  const [busy, progress] = [at('busy'), at('progress')]
  at('verify').disabled = true
  progress.hidden = false
  busy.textContent = 'Reading…'
  try {
    const [pack] = all('pack')
    const [policy] = all('policy')
    const key = at('key').value.trim()
    const source = await zipSource(pack.name, blobAccess(pack))
    const report = await verifyLog(source, {
      keys: key === '' ? [] : [parseVerifierKey(key)],
      ...(policy === undefined ? {} : { policy }),
      earlier: all('kept checkpoint'),
      receipts: all('receipt'),
      tsaRoots: all('certificates').flat(),
      onProgress: (checked, of) => {
        progress.max = of
        progress.value = checked
        busy.textContent = `${checked.toLocaleString('en')} of ${of.toLocaleString('en')} entries`
      },
    })
    busy.textContent = ''
    show(report)
  } catch (error) {
    busy.textContent = `It could not be verified: ${error.message}.`
  } finally {
    progress.hidden = true
    at('verify').disabled = false
  }
}

at('files').addEventListener('change', (event) => void take(event.target.files))
at('bring').addEventListener('submit', (event) => {
  event.preventDefault()
  void verify()
})
const drop = at('drop')
for (const name of ['dragover', 'dragleave', 'drop'])
  document.addEventListener(name, (event) => {
    event.preventDefault()
    drop.classList.toggle('over', name === 'dragover')
    if (name === 'drop') void take(event.dataTransfer.files)
  })

const file = await (await fetch('/verify/holdfast-verify.mjs')).arrayBuffer()
const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', file))
at('digest').textContent = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
