import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { openMail } from './mail.ts'

function smtpFile(t: TestContext, url: string): string {
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-mail-'))
  t.after(() => rmSync(dir, { recursive: true }))
  const file = join(dir, 'smtp')
  writeFileSync(file, `${url}\n`)
  return file
}

/** A mail server of the plainest kind (RFC 5321), and what it was told. */
async function mailServer(t: TestContext): Promise<{ port: number; told: () => string }> {
  let told = ''
  const server = createServer((socket) => {
    let inData = false
    socket.write('220 test\r\n')
    socket.on('data', (piece: Buffer) => {
      told += piece.toString()
      if (inData && told.endsWith('\r\n.\r\n')) {
        inData = false
        return socket.write('250 2.0.0 kept as 1\r\n')
      }
      if (inData) return false
      const verb = piece.toString().slice(0, 4).toUpperCase()
      inData = verb === 'DATA'
      return socket.write(inData ? '354 go on\r\n' : verb === 'QUIT' ? '221 bye\r\n' : '250 ok\r\n')
    })
    socket.on('error', () => {})
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  return { port: (server.address() as AddressInfo).port, told: () => told }
}

const message = {
  to: ['dpo@controller.example'],
  subject: 'Notice 7',
  text: 'What happened.',
  attachments: [
    { filename: 'notice.pdf', content: Buffer.from('%PDF-'), contentType: 'application/pdf' },
  ],
}

test('a message with its attachment reaches the server, and its answer is given back', async (t) => {
  const { port, told } = await mailServer(t)
  const file = smtpFile(t, `smtp://127.0.0.1:${port}`)
  const mail = openMail({ smtpFile: file, mailFrom: 'holdfast@processor.example' })
  assert.equal(mail.configured, true)
  assert.equal(await mail.send(message), '250 2.0.0 kept as 1')
  assert.match(told(), /MAIL FROM:<holdfast@processor\.example>/)
  assert.match(told(), /RCPT TO:<dpo@controller\.example>/)
  assert.match(told(), /Subject: Notice 7/)
  assert.ok(told().includes(Buffer.from('%PDF-').toString('base64')))
})

test('without a mail server sending is refused, never silently done', async () => {
  const mail = openMail({ smtpFile: undefined, mailFrom: undefined })
  assert.equal(mail.configured, false)
  await assert.rejects(mail.send(message), { name: 'MailNotConfigured' })
})

test('a server nobody answers at is an error, not a message sent', async (t) => {
  const file = smtpFile(t, 'smtp://127.0.0.1:1')
  const mail = openMail({ smtpFile: file, mailFrom: 'holdfast@processor.example' })
  await assert.rejects(mail.send(message), { code: 'ESOCKET' })
})

test('a file that holds no SMTP URL is refused without repeating its secret', (t) => {
  const file = smtpFile(t, 'https://user:hunter2@host')
  assert.throws(
    () => openMail({ smtpFile: file, mailFrom: 'holdfast@processor.example' }),
    (error: Error) =>
      /must hold one SMTP URL/.test(error.message) && !error.message.includes('hunter2'),
  )
})
