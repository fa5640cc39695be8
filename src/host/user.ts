import { hostname, userInfo } from 'node:os'
import type { Actor } from '../core/event.ts'
import { gitUser } from './git.ts'

type Env = { readonly [name: string]: string | undefined }

/** Who runs this process: on CI whoever started the run, else git's user, else the user of this machine. */
export async function whoRuns(cwd: string, env: Env, signal: AbortSignal): Promise<Actor> {
  const run = ciRun(env)
  const name = (run === null ? null : ciUser(env)) ?? (await committer(cwd, env, signal)) ?? machineUser(env)
  return { name, host: hostname(), run }
}

/** The page of the CI run this process belongs to, or null. */
export function ciRun(env: Env): string | null {
  const { GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_RUN_ID, GITHUB_RUN_ATTEMPT } = env
  if (GITHUB_SERVER_URL && GITHUB_REPOSITORY && GITHUB_RUN_ID) {
    const attempt = GITHUB_RUN_ATTEMPT && GITHUB_RUN_ATTEMPT !== '1' ? `/attempts/${GITHUB_RUN_ATTEMPT}` : ''
    return `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}${attempt}`
  }
  return env['CI_JOB_URL'] || env['CI_PIPELINE_URL'] || env['BUILD_URL'] || null
}

function ciUser(env: Env): string | null {
  return env['GITHUB_ACTOR'] || env['GITLAB_USER_LOGIN'] || null
}

async function committer(cwd: string, env: Env, signal: AbortSignal): Promise<string | null> {
  const { name, email } = await gitUser(cwd, env, signal)
  if (name !== null && email !== null) return `${name} <${email}>`
  return name ?? email
}

/** A container's user may have no entry in the password file; userInfo throws then. */
function machineUser(env: Env): string {
  try {
    return userInfo().username
  } catch {
    return env['USER'] || env['USERNAME'] || `uid ${process.getuid?.() ?? 'unknown'}`
  }
}
