import assert from 'node:assert/strict'
import { isIP } from 'node:net'
import { test } from 'node:test'
import { clientOf, familyOf, ipv6Words } from './address.ts'

test('two addresses of one IPv6 /64 are one client, two /64 of one /48 are two in one site', () => {
  const a = clientOf('2001:db8:1:2::3')
  assert.deepEqual(a, { client: '2001:db8:1:2::/64', site: '2001:db8:1::/48' })
  assert.deepEqual(clientOf('2001:0db8:0001:0002:ffff:ffff:ffff:ffff'), a)
  assert.notEqual(clientOf('2001:db8:1:3::3').client, a.client)
  assert.equal(clientOf('2001:db8:1:3::3').site, a.site)
})

test('an IPv4 caller is the same client on an IPv4 and on a dual socket', () => {
  assert.deepEqual(clientOf('::ffff:192.0.2.7'), { client: '192.0.2.7' })
  assert.deepEqual(clientOf('::ffff:c000:207'), { client: '192.0.2.7' })
  assert.deepEqual(clientOf('192.0.2.7'), { client: '192.0.2.7' })
})

test('a zone does not make another client', () => {
  assert.deepEqual(clientOf('fe80::1%eth0'), clientOf('fe80::1%eth1'))
})

test('words are those of the address, however it is written', () => {
  assert.deepEqual(ipv6Words('::1'), [0, 0, 0, 0, 0, 0, 0, 1])
  assert.deepEqual(ipv6Words('::'), [0, 0, 0, 0, 0, 0, 0, 0])
  assert.deepEqual(ipv6Words('1::'), [1, 0, 0, 0, 0, 0, 0, 0])
  assert.deepEqual(ipv6Words('64:ff9b::192.0.2.1'), [0x64, 0xff9b, 0, 0, 0, 0, 0xc000, 0x201])
})

test('families agree with those of node:net', () => {
  const some = ['127.0.0.1', '::1', 'localhost', '256.1.1.1', '1.2.3', '1:2', ':::', 'a.b.c.d', '']
  for (const host of [...some, 'fe80::1%lo', '::ffff:1.2.3.4', '1::2::3']) {
    assert.equal(familyOf(host), isIP(host), host)
  }
})
