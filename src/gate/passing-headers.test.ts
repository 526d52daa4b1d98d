import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answerHeaders, requestHeaders } from './passing-headers.ts'

test('what a client could use to pass for us does not go on', () => {
  const kept = requestHeaders({
    'holdfast-assertion': 'forged',
    holdfast_assertion: 'forged',
    'Holdfast-Assertion': 'forged',
    'x-forwarded-for': '127.0.0.1',
    'x-forwarded-host': 'evil.example',
    x_forwarded_proto: 'http',
    'x-real-ip': '127.0.0.1',
    forwarded: 'for=127.0.0.1',
    host: 'evil.example',
    authorization: 'Bearer hf_x',
    ':authority': 'evil.example',
    accept: 'text/html',
  })
  assert.deepEqual(kept, { accept: 'text/html' })
})

test('hop-by-hop headers stay, and those the client names as such', () => {
  const kept = requestHeaders({
    connection: 'close, X-Secret',
    'x-secret': '1',
    'keep-alive': 'timeout=5',
    te: 'trailers',
    'transfer-encoding': 'chunked',
    upgrade: 'websocket',
    expect: '100-continue',
    'x-other': '2',
  })
  assert.deepEqual(kept, { 'x-other': '2' })
})

test('our session cookie stays, cookies of the application go on', () => {
  const cookie = '__Host-holdfast=secret; theme=dark;__Host-holdfast-x=y ; lang=en'
  assert.deepEqual(requestHeaders({ cookie }), { cookie: 'theme=dark; lang=en' })
  assert.deepEqual(requestHeaders({ cookie: '__Host-holdfast=secret' }), {})
})

test('an application cannot set our session, end it, or tell what it runs on', () => {
  const kept = answerHeaders(
    {
      'set-cookie': ['__Host-holdfast=attacker; Path=/; Secure', 'theme=dark'],
      'clear-site-data': '"cookies"',
      'service-worker-allowed': '/',
      'strict-transport-security': 'max-age=0',
      server: 'nginx/1.2.3',
      'x-powered-by': 'PHP/5',
      'holdfast-entry': 'forged',
      connection: 'close',
      'content-type': 'text/html',
    },
    'http://127.0.0.1:3000',
    '/app/',
  )
  assert.deepEqual(kept, { 'set-cookie': ['theme=dark'], 'content-type': 'text/html' })
})

test('redirects of the application stay under the mount; those elsewhere stay as they are', () => {
  const to = (location: string) =>
    answerHeaders({ location }, 'http://127.0.0.1:3000', '/app/')['location']
  assert.equal(to('/login'), '/app/login')
  assert.equal(to('http://127.0.0.1:3000/login?x=1'), '/app/login?x=1')
  assert.equal(to('http://127.0.0.1:3000'), '/app/')
  assert.equal(to('next'), 'next')
  assert.equal(to('https://elsewhere.example/'), 'https://elsewhere.example/')
  assert.equal(to('http://127.0.0.1:30001/'), 'http://127.0.0.1:30001/')
})
