import { describe, expect, test } from 'vitest'
import { isAwsHost } from '../../src/aws/endpoint.ts'
import { accountCheck, checkedCdn, checkedFlag, checkedObjects } from '../../src/compose/right-account.ts'
import { LaunchError } from '../../src/core/errors.ts'
import type { Cdn, FlagStore } from '../../src/core/ports.ts'
import { memoryObjectStore } from '../support/memory-object-store.ts'
import { launchWorld } from '../support/launch-world.ts'
import { never } from '../support/real-time.ts'

const production = {
  name: 'production',
  account: '222222222222',
  region: 'us-east-1',
  profile: null,
  role: null,
  bucket: 'tiny',
  distribution: null,
  url: 'https://tiny.example',
  health: [],
}

/** Credentials of one account, and how often STS was asked. */
function sts(answer: string | LaunchError) {
  const asked = { times: 0 }
  const caller = () => {
    asked.times += 1
    return answer instanceof LaunchError
      ? Promise.reject(answer)
      : Promise.resolve({ account: answer, arn: `arn:aws:sts::${answer}:assumed-role/release/launch` })
  }
  return { asked, check: accountCheck(production, () => ({ caller })) }
}

const headers = { contentType: 'text/html', cacheControl: 'no-store' }
const body = new TextEncoder().encode('x')

describe('credentials of another account', () => {
  test('change no object, no copy and no cache, and the message names both accounts', async () => {
    const { check } = sts('111111111111')
    const bucket = memoryObjectStore('tiny')
    const objects = checkedObjects(bucket, check)
    const refused = { code: 'WRONG_ACCOUNT', message: expect.stringMatching(/111111111111.*222222222222/) }
    await expect(objects.put('index.html', body, headers, never)).rejects.toMatchObject(refused)
    await expect(objects.copy('a', 'b', headers, never)).rejects.toMatchObject(refused)
    await expect(objects.remove(['a'], never)).rejects.toMatchObject(refused)
    const cdn: Cdn = { invalidate: () => Promise.reject(new Error('asked')), invalidated: () => Promise.resolve(true) }
    await expect(checkedCdn(cdn, check).invalidate(['/'], 'r', never)).rejects.toMatchObject(refused)
    expect(await bucket.list('', never)).toEqual([])
    // Looking is free.
    expect(await objects.get('index.html', never)).toBeNull()
  })

  test('raise no flag, and a rollback asks nobody who it is', async () => {
    const { check, asked } = sts('111111111111')
    const world = await launchWorld()
    const open: FlagStore = world.ports().flag('production')
    const flag = checkedFlag(open, check)
    const state = {
      key: 'new-board',
      percent: 10,
      serial: 1,
      writeId: 'w',
      latched: false,
      acks: [],
      launch: null,
      updatedAt: world.ports().clock.now(),
      updatedBy: 'kim',
      reason: 'r',
    }
    await expect(flag.write(state, null, never)).rejects.toMatchObject({ code: 'WRONG_ACCOUNT' })
    expect(asked.times).toBe(1)
    await flag.forceOff({ ...state, percent: 0, latched: true }, never)
    expect(asked.times).toBe(1)
    expect(await flag.read(never)).toMatchObject({ flag: { latched: true, percent: 0 } })
  })
})

describe('credentials of the right account', () => {
  test('are looked at once in a process, and again after they were not accepted', async () => {
    const right = sts('222222222222')
    const objects = checkedObjects(memoryObjectStore('tiny'), right.check)
    await Promise.all([1, 2, 3].map((n) => objects.put(`${n}`, body, headers, never)))
    expect(right.asked.times).toBe(1)
    const expired = sts(new LaunchError('CREDENTIALS', 'expired'))
    const again = checkedObjects(memoryObjectStore('tiny'), expired.check)
    for (const _ of [1, 2])
      await expect(again.put('a', body, headers, never)).rejects.toMatchObject({ code: 'CREDENTIALS' })
    expect(expired.asked.times).toBe(2)
  })

  test('are taken for right where STS does not answer: S3 judges the same keys', async () => {
    const silent = sts(new LaunchError('UNREACHABLE', 'no answer'))
    const objects = checkedObjects(memoryObjectStore('tiny'), silent.check)
    await expect(objects.put('a', body, headers, never)).resolves.toMatchObject({ status: 'written' })
  })
})

test.each([
  ['s3.us-east-1.amazonaws.com', true],
  ['sb-prod.s3.dualstack.eu-central-1.amazonaws.com', true],
  ['s3.cn-north-1.amazonaws.com.cn', true],
  ['amazonaws.com.evil.example', false],
  ['evil-amazonaws.com', false],
  ['s3.amazonaws.com.', false],
  ['127.0.0.1', false],
  ['169.254.169.254', false],
])('%s is AWS: %s', (host, aws) => {
  expect(isAwsHost(host)).toBe(aws)
})
