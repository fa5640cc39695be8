import { join } from 'node:path'
import { execa } from 'execa'
import type { LaunchProject } from './launch-project.ts'

type RealMode = {
  readonly timeoutMs?: number
  /** The run sheet as launch gets it, of that the world was made from. */
  readonly change?: (sheet: string) => string
}

/** A sandbox server in the place of AWS, and a checkout: launch takes both for real. */
export async function inRealMode(project: LaunchProject, options: RealMode = {}) {
  const { change = (sheet) => sheet, ...limits } = options
  const serving = project.start(['sandbox', 'serve', '--speed', '100'], limits)
  await serving.waitFor('Ctrl-C ends it.')
  const endpoint = /AWS_ENDPOINT_URL=(http:\/\/\S+)/.exec(serving.stdout())?.[1]
  const site = /production +(http:\/\/127\.0\.0\.1:\d+)/.exec(serving.stdout())?.[1] ?? ''
  await project.write('runsheet.yaml', change((await project.sheet()).replace('https://sb.example', site)))
  await project.write('.gitignore', '.launch/\ndist/\nuser/\nelsewhere/\n')
  const git = (...args: readonly string[]) =>
    execa('git', ['-c', 'user.name=ci', '-c', 'user.email=ci@example.com', ...args], { cwd: project.path })
  await git('init', '-q')
  await git('add', '.')
  await git('commit', '-qm', 'first')
  return {
    env: {
      AWS_ENDPOINT_URL: endpoint,
      LAUNCH_ALLOW_ENDPOINT: '1',
      XDG_STATE_HOME: join(project.path, 'user'),
      AWS_ACCESS_KEY_ID: 'SANDBOX222222222222',
      AWS_SECRET_ACCESS_KEY: 'for-tests-only',
    },
    [Symbol.asyncDispose]: () => serving[Symbol.asyncDispose](),
  }
}
