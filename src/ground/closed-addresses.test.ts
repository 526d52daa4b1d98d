import { deepEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { isClosed } from './closed-addresses.ts'

const openOf = (addresses: readonly string[]) => addresses.filter((address) => !isClosed(address))

test('this host, networks around it and what nobody has are closed', () => {
  deepEqual(
    openOf([
      '0.0.0.0',
      '10.1.2.3',
      '100.64.0.1',
      '127.0.0.1',
      '169.254.169.254',
      '172.31.0.1',
      '192.0.0.8',
      '192.0.2.1',
      '192.88.99.1',
      '192.168.1.1',
      '198.19.0.1',
      '198.51.100.1',
      '203.0.113.1',
      '224.0.0.1',
      '255.255.255.255',
      '::',
      '::1',
      '100::1',
      '100:0:0:1::1',
      '2001:2::1',
      '2001:10::1',
      '2001:db8::1',
      '3fff::1',
      '5f00::1',
      'fc00::1',
      'fd00::1',
      'fe80::1',
      'fe80::1%eth0',
      'fec0::1',
      'fec0::1%1',
      'ff02::1',
    ]),
    [],
  )
})

test('an address that carries another within is what that one is', () => {
  deepEqual(
    openOf([
      '::127.0.0.1',
      '::7f00:1',
      '::ffff:10.0.0.1',
      '::FFFF:0a00:0001',
      '0:0:0:0:0:ffff:169.254.169.254',
      '0000:0000:0000:0000:0000:ffff:7f00:0001',
      '::ffff:127.0.0.1%lo',
      '::ffff:0:10.0.0.1',
      '64:ff9b::10.0.0.1',
      '64:ff9b::a9fe:a9fe',
      '64:ff9b:1::8.8.8.8',
      '64:ff9b:1:a00:0:100::',
      '2001:0:4136:e378:8000:63bf:f5ff:fffe',
      '2001:0:a00:1:8000:63bf:3fff:fdd2',
      '2002:7f00:1::1',
      '2002:a9fe:a9fe::',
      '2002:c0a8:101:1::1',
      '2a00:1450::5efe:10.0.0.1',
      '2a00:1450::200:5efe:192.168.0.1',
    ]),
    [],
  )
  const open = ['::ffff:8.8.8.8', '64:ff9b::8.8.8.8', '2002:808:808::1', '2a00:1450::5efe:8.8.8.8']
  deepEqual(openOf(open), open)
})

test('everybody else is open, and what is no address is not', () => {
  const open = ['8.8.8.8', '192.0.1.1', '2001:4860:4860::8888', '2606:4700::1111', '2a00:1450::1']
  deepEqual(openOf(open), open)
  deepEqual(openOf(['', 'localhost', '0177.0.0.1', '2130706433', '127.1', '1::2::3']), [])
})
