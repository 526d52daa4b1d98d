import { readFileSync } from 'node:fs'
import { createTransport } from 'nodemailer'
import type { MailMessage, Settings, World } from '#kernel'

/** No mail server is set. Say so to whoever asked for the mail to be sent. */
export class MailNotConfigured extends Error {
  override readonly name = 'MailNotConfigured'
}

/**
 * Mail through the SMTP server whose URL `settings.smtpFile` holds. Connections are encrypted:
 * `smtps://` from the start, `smtp://` by STARTTLS, without which nothing is sent; only a server on
 * this machine may do without.
 *
 * @throws when the file cannot be read or holds no SMTP URL.
 */
export function openMail({
  smtpFile,
  mailFrom,
}: Pick<Settings, 'smtpFile' | 'mailFrom'>): World['mail'] {
  if (smtpFile === undefined || mailFrom === undefined) return silent
  const url = readUrl(smtpFile)
  const local = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
  const transport = createTransport({
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (url.protocol === 'smtps:' ? 465 : 587) : Number(url.port),
    secure: url.protocol === 'smtps:',
    requireTLS: url.protocol === 'smtp:' && !local,
    ...(local ? { tls: { rejectUnauthorized: false } } : {}),
    ...(url.username === '' ? {} : { auth: credentials(url) }),
    connectionTimeout: 15_000,
    greetingTimeout: 15_000,
    socketTimeout: 60_000,
    // A message never makes us read a file or fetch an address.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return {
    configured: true,
    async send({ to, subject, text, attachments = [] }: MailMessage) {
      const { response } = await transport.sendMail({
        from: mailFrom,
        to: [...to],
        subject,
        text,
        attachments: attachments.map((attachment) => ({ ...attachment })),
      })
      return response
    },
  }
}

const silent: World['mail'] = {
  configured: false,
  send: () =>
    Promise.reject(
      new MailNotConfigured('no mail server is set (HOLDFAST_SMTP_FILE and HOLDFAST_MAIL_FROM)'),
    ),
}

/** The URL is not repeated when it is wrong: it holds the password. */
function readUrl(file: string): URL {
  const text = readFileSync(file, 'utf8').trim()
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !['smtp:', 'smtps:'].includes(url.protocol) || url.hostname === '') {
    throw new Error(`${file} must hold one SMTP URL, smtps://user:secret@host:465`)
  }
  return url
}

const credentials = ({ username, password }: URL) => ({
  user: decodeURIComponent(username),
  pass: decodeURIComponent(password),
})
