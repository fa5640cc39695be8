import { beforeAll, describe, expect, test } from 'vitest'
import { epochMs } from '../../src/core/brand.ts'
import { LaunchError } from '../../src/core/errors.ts'
import type { Http, ObjectStore } from '../../src/core/ports.ts'
import { documentFlagStore } from '../../src/flags/document-store.ts'
import { roles } from '../../src/iam/policy.ts'
import { decide, type IamRequest } from '../support/iam.ts'
import { launchProject } from '../support/launch-project.ts'
import { memoryObjectStore } from '../support/memory-object-store.ts'
import { printed, type Policies } from '../support/printed-policies.ts'
import { never } from '../support/real-time.ts'

const production = '222222222222'

describe('what each role may never do', () => {
  const events = 'arn:aws:s3:::statusboard-launches/x/v1/statusboard/production/launches/01X/events/00000007.json'
  const flag = 'arn:aws:s3:::sb-prod/flags/status-board-v2.json'
  const page = 'arn:aws:s3:::sb-prod/index.html'
  let policies: Policies

  beforeAll(async () => {
    await using project = await launchProject()
    policies = (await printed(project))[production] ?? {}
  })
  const decisionOf = (role: string, action: string, resource: string, context: IamRequest['context'] = {}) =>
    decide(policies[role] ?? { Statement: [] }, { action, resource, context })

  test.each(roles)('%s deletes no event, shows nothing to the public, and fits into a managed policy', (role) => {
    expect(decisionOf(role, 's3:DeleteObject', events)).toBe('denied')
    expect(decisionOf(role, 's3:DeleteObjectVersion', events)).toBe('denied')
    expect(decisionOf(role, 's3:PutObjectAcl', page)).toBe('denied')
    expect(decisionOf(role, 's3:PutObject', page, { 's3:x-amz-acl': 'public-read' })).toBe('denied')
    // AWS: a managed policy has at most 6,144 characters, white space not counted.
    expect(JSON.stringify(policies[role]).length).toBeLessThan(6144)
  })

  test('ci replaces the flag only as it read it, and no event at all', () => {
    expect(decisionOf('ci', 's3:PutObject', flag)).toBe('denied')
    expect(decisionOf('ci', 's3:PutObject', flag, { 's3:if-match': '"a"' })).toBe('allowed')
    expect(decisionOf('ci', 's3:PutObject', events)).toBe('denied')
    expect(decisionOf('ci', 's3:PutObject', events, { 's3:if-match': '"a"' })).toBe('denied')
    expect(decisionOf('ci', 's3:PutObject', events, { 's3:if-none-match': '*' })).toBe('allowed')
    // What people were told is remembered beside the events, and as they are.
    const told = events.replace('events/00000007.json', 'told/01X.primary')
    for (const role of ['ci', 'emergency']) {
      expect(decisionOf(role, 's3:PutObject', told)).toBe('denied')
      expect(decisionOf(role, 's3:PutObject', told, { 's3:if-none-match': '*' })).toBe('allowed')
    }
    expect(decisionOf('ci', 's3:DeleteObject', page)).toBe('not allowed')
    expect(decisionOf('ci', 's3:PutBucketPolicy', 'arn:aws:s3:::sb-prod')).toBe('not allowed')
  })

  test('emergency writes the flag whatever is there, and no file of its own', () => {
    expect(decisionOf('emergency', 's3:PutObject', flag)).toBe('allowed')
    expect(decisionOf('emergency', 's3:PutObject', page)).toBe('not allowed')
    const kept = (file: string) => ({ 's3:x-amz-copy-source': `sb-prod/${file}` })
    expect(decisionOf('emergency', 's3:PutObject', page, kept('.launch/releases/r-1/files/index.html'))).toBe('allowed')
    expect(decisionOf('emergency', 's3:PutObject', page, kept('uploads/mine.html'))).toBe('not allowed')
    const other = 'arn:aws:s3:::sb-prod/.launch/releases/r-1/files/index.html'
    expect(decisionOf('emergency', 's3:PutObject', other, kept('.launch/releases/r-2/files/index.html'))).toBe('denied')
    expect(decisionOf('emergency', 's3:PutObject', events, {})).toBe('denied')
  })

  test('read writes nothing', () => {
    const writes = (policies['read']?.Statement ?? [])
      .filter(({ Effect }) => Effect === 'Allow')
      .flatMap(({ Action }) => Action)
      .filter((action) => !/:(?:Get|List|Describe)/.test(action))
    expect(writes).toEqual([])
  })
})

describe('other places of a flag and of launches', () => {
  const print = async (change: (sheet: string) => string, ...more: readonly string[]) => {
    await using project = await launchProject(change)
    const ran = await project.run(['iam', 'print', ...more])
    return { exitCode: ran.exitCode, stderr: ran.stderr, policies: ran.exitCode === 0 ? JSON.parse(ran.stdout) : null }
  }

  test('a parameter is written by ci and emergency, and read by all', async () => {
    const { policies } = await print((sheet) =>
      sheet.replace(
        'store: { kind: s3, path: /flags/status-board-v2.json }',
        'store: { kind: ssm, parameter: /flags/board }',
      ),
    )
    const resource = 'arn:aws:ssm:us-east-1:222222222222:parameter/flags/board'
    const may = (role: string, action: string) => decide(policies[role], { action, resource, context: {} })
    expect(roles.map((role) => may(role, 'ssm:PutParameter'))).toEqual(['not allowed', 'allowed', 'allowed', 'allowed'])
    expect(roles.map((role) => may(role, 'ssm:GetParameter'))).toEqual(['allowed', 'allowed', 'allowed', 'allowed'])
    expect(may('ci', 'ssm:DeleteParameter')).toBe('not allowed')
  })

  test('launches in a folder need no rights, and other regions of AWS other ARNs', async () => {
    const { policies } = await print(
      (sheet) => sheet.replaceAll('region: us-east-1', 'region: cn-north-1'),
      '--state',
      'file:.launch',
    )
    expect(JSON.stringify(policies)).not.toContain('statusboard-launches')
    expect(JSON.stringify(policies)).not.toContain('arn:aws:')
    expect(JSON.stringify(policies)).toContain('arn:aws-cn:s3:::sb-prod/*')
  })

  test('one role alone is a policy document AWS takes as it is; a role nobody knows ends with 2', async () => {
    const { policies } = await print((sheet) => sheet, '--role', 'ci')
    expect(Object.keys(policies)).toEqual(['Version', 'Statement'])
    const sids = policies.Statement.map(({ Sid }: { Sid: string }) => Sid)
    expect(new Set(sids).size).toBe(sids.length)
    for (const sid of sids) expect(sid).toMatch(/^[A-Za-z0-9]+$/)
    const unknown = await print((sheet) => sheet, '--role', 'root')
    expect(unknown).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('read, ci, emergency, admin') })
  })
})

describe('a role that may not write without condition', () => {
  const off = {
    key: 'board',
    percent: 0,
    serial: 2,
    writeId: 'off',
    latched: true,
    acks: [],
    launch: null,
    updatedAt: epochMs(2),
    updatedBy: 'ci',
    reason: 'errors',
  }
  /** A bucket under the policy of ci: `meanwhile` is what others do between its read and its write. */
  const store = (meanwhile: (bucket: ObjectStore) => Promise<unknown> = () => Promise.resolve()) => {
    const bucket = memoryObjectStore('tiny')
    const objects: ObjectStore = {
      ...bucket,
      put: async (key, body, options, signal) => {
        if (options.expect === undefined) throw new LaunchError('FORBIDDEN', 'no PutObject without If-Match')
        await meanwhile(bucket)
        return bucket.put(key, body, options, signal)
      },
    }
    const http: Http = { get: () => Promise.reject(new Error('nobody looks')) }
    return {
      bucket,
      flag: documentFlagStore({ objects, http, flagKey: 'board', objectKey: 'f.json', url: '', ttlMs: 0 }),
    }
  }
  const raise = (bucket: ObjectStore, times: { left: number }) => async () => {
    times.left -= 1
    if (times.left < 0) return
    const body = new TextEncoder().encode(`{"raise":${times.left}}`)
    await bucket.put('f.json', body, { contentType: 'application/json', cacheControl: 'no-store' }, never)
  }

  test('turns the flag off where there is none yet, and over writers that come in between', async () => {
    const empty = store()
    await empty.flag.forceOff(off, never)
    expect(await empty.flag.read(never)).toMatchObject({ flag: { latched: true, writeId: 'off' } })
    const times = { left: 3 }
    const busy = store((bucket) => raise(bucket, times)())
    await busy.flag.forceOff(off, never)
    expect(await busy.flag.read(never)).toMatchObject({ flag: { latched: true, writeId: 'off' } })
    expect(times.left).toBeLessThan(0)
  })

  test('says that it lost when it always loses, so that the rollback around it starts again', async () => {
    const busy = store((bucket) => raise(bucket, { left: 1 + Math.floor(performance.now() * 1000) })())
    await expect(busy.flag.forceOff(off, never)).rejects.toMatchObject({ code: 'UNREACHABLE' })
  })
})
