import { deepEqual, equal, match } from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { openHouse } from './house.ts'

const built = existsSync(join(import.meta.dirname, '../console/dist/index.html'))

test(
  'a browser at an address where nothing is gets a page that says so; a program a refusal; both are told in the trail',
  {
    skip: built ? false : 'no console was built',
  },
  async () => {
    const house = await openHouse({})
    after(() => house.close())
    const browser = 'text/html,application/xhtml+xml,*/*;q=0.8'
    const asked = async (url: string, accept: string, method: 'GET' | 'POST' = 'GET') => {
      const { statusCode, headers, body } = await house.app.inject({
        url,
        method,
        headers: { accept },
      })
      return { status: statusCode, type: String(headers['content-type']), headers, body }
    }
    const told = async () => {
      const text = `select id from trail.entry where action = 'gate.request' and code = 'gate.not-found'`
      return (await house.owner.rows({ text })).length
    }
    const lost = await asked('/contracts/2026', browser)
    deepEqual([lost.status, lost.type], [404, 'text/html; charset=utf-8'])
    match(lost.body, /<div id="root">/)
    equal(typeof lost.headers['content-security-policy'], 'string')
    for (const [url, accept, method] of [
      ['/contracts/2026', '*/*', 'GET'],
      ['/contracts/2026', browser, 'POST'],
      ['/v1/nothing', browser, 'GET'],
      ['/scim/v2/Contracts', browser, 'GET'],
    ] as const) {
      const { status, type } = await asked(url, accept, method)
      deepEqual([status, /json/.test(type)], [404, true], `${method} ${url}`)
    }
    equal(await told(), 5)
  },
)
