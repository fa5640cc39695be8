import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchProject, type LaunchProject } from '../support/launch-project.ts'

/** One secret per way in. Each is told apart by its canary, so that a leak says where it came from. */
const env = {
  DEPLOY_TOKEN: 'canary-token-7f3a9b',
  DB_PASSWORD: 'canary "quoted" pass\\word',
  MULTI_SECRET: 'canary-line-one-41\ncanary-line-two-42',
  AWS_SECRET_ACCESS_KEY: 'canarySecretAccessKey/abcdefghijklmnop+q',
  // No telling names: known by how they look.
  REGISTRY: 'https://deployer:canary-userinfo-5c@registry.example/npm',
  SLACK_RELEASES: 'https://hooks.slack.com/services/T000/B000/canaryslackhook',
  ACCESS: 'AKIACANARY0123456789',
  // No telling name and no telling look: the run sheet says that it is a webhook.
  SLACK_ALERTS: 'https://chat.example/hooks/canary-mattermost-9d',
}
const canaries = [
  'canary-token-7f3a9b',
  'canary "quoted" pass',
  String.raw`canary \"quoted\" pass`,
  'canary-line-one-41',
  'canary-line-two-42',
  'canarySecretAccessKey',
  'canary-userinfo-5c',
  'canaryslackhook',
  'AKIACANARY0123456789',
  'canary-mattermost-9d',
]
/** Prints every variable byte by byte, each in a write of its own, so that pipes cut them anywhere. */
const leak = `
for (const name of ${JSON.stringify(Object.keys(env))})
  for (const byte of Buffer.from(name + '=' + (process.env[name] ?? '') + '\\n')) {
    process.stdout.write(Buffer.of(byte))
    if (byte % 7 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
`

describe('secrets in the environment, in arguments and in what programs print', () => {
  let project: LaunchProject
  const said: string[] = []
  const launch = async (...args: readonly string[]) => {
    const ran = await project.run([...args, '--sandbox'], { env })
    said.push(`$ launch ${args[0]}\n${ran.stdout}\n${ran.stderr}`)
    return ran
  }

  beforeAll(async () => {
    project = await launchProject((sheet) =>
      sheet
        .replaceAll('run: [node, build.mjs]', 'run: [node, leaky.mjs, build.mjs]')
        .replaceAll('flow.mjs', 'leaky.mjs, flow.mjs'),
    )
    await writeFile(
      join(project.path, 'leaky.mjs'),
      `${leak}\nprocess.argv.splice(1, 1)\nif (process.argv[2] === 'drawer' || process.env.BREAK === '1') { console.error('failed with ' + process.env.REGISTRY); process.exit(1) }\nawait import('./' + process.argv[1])\n`,
    )
    const all = Object.values(env).join(' ')
    await launch('build', '--verbose')
    await launch('validate', '--jsonl')
    await launch('note', `the deploy used ${all}`)
    await launch('issue', 'P2', `leaked ${all}`)
    await launch('uat', 'block', `cannot sign in with ${all}`)
    await launch('approve', 'qa-lead', '--note', all)
    await launch('rollback', 'emergency', '--reason', `because ${all}`)
    // These only look, and may do so at the same time.
    const looks = [
      ['status', '--json'],
      ['explain', '--points'],
      ['history'],
      ['history', '--json'],
      ['report'],
      ['report', '--json'],
      ['archive'],
      ['no-such-command', all],
      ['rollback', 'emergency', '--flag', all],
      ['explain', all],
    ]
    for (let at = 0; at < looks.length; at += 3)
      await Promise.all(looks.slice(at, at + 3).map((line) => launch(...line)))
  }, 180_000)
  afterAll(() => project[Symbol.asyncDispose]())

  const found = (text: string) => canaries.filter((canary) => text.includes(canary))

  test('the programs did print them', () => {
    expect(said.join('\n')).toContain('DEPLOY_TOKEN=***')
    expect(said.join('\n')).toContain('because ')
  })

  test('reach neither stdout nor stderr of any command, in any form of output', () => {
    expect(said.flatMap((text) => found(text).map((canary) => `${canary} in ${text.slice(0, 40)}`))).toEqual([])
  })

  test('reach no file: journal, plan, report, archive, flag document, spool', async () => {
    const files = await everyFile(join(project.path, '.launch'))
    expect(files.some(({ path }) => path.includes('/events/'))).toBe(true)
    expect(files.some(({ path }) => path.endsWith('.md'))).toBe(true)
    expect(files.some(({ path }) => path.endsWith('.tar.gz'))).toBe(true)
    const leaks = files.flatMap(({ path, text }) => found(text).map((canary) => `${canary} in ${path}`))
    expect(leaks).toEqual([])
  })
})

async function everyFile(folder: string): Promise<readonly { readonly path: string; readonly text: string }[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => {
        const path = join(entry.parentPath, entry.name)
        const bytes = await readFile(path)
        return {
          path: path.slice(folder.length),
          text: (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'),
        }
      }),
  )
}
