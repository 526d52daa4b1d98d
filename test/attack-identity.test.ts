import { equal } from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { openHouse, type TestHouse } from './house.ts'

let house: TestHouse
before(async () => {
  house = await openHouse({ listen: true })
})
after(() => house.close())

/** A sign-in as it comes from an address, by an e-mail nobody has. */
async function tried(remoteAddress: string, email: string): Promise<string> {
  const { statusCode, body } = await house.app.inject({
    method: 'POST',
    url: '/v1/sessions',
    remoteAddress,
    payload: { email, password: 'velvet tram harvest ninety' },
  })
  return `${statusCode} ${JSON.parse(body).code}`
}

test('whoever holds a whole IPv6 network has the attempts of one address', async () => {
  for (let i = 1; i <= 10; i += 1)
    equal(
      await tried(`2001:db8:7:7::${i.toString(16)}`, `n${i}@house.example`),
      '401 identity.sign-in-refused',
    )
  equal(await tried('2001:db8:7:7:ffff::1', 'n11@house.example'), '429 identity.throttled')
  equal(await tried('2001:db8:7:8::1', 'n12@house.example'), '401 identity.sign-in-refused')
})
