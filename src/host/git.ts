import { execa } from 'execa'
import { LaunchError } from '../core/errors.ts'
import type { EvidenceByNeed } from '../core/evidence.ts'

type Env = { readonly [name: string]: string | undefined }
export type GitFacts = EvidenceByNeed['git']

/** What git knows about a folder's checkout; null when there is no git, no checkout or no commit yet. */
export async function gitFacts(cwd: string, env: Env, signal: AbortSignal): Promise<GitFacts | null> {
  const git = gitIn(cwd, env, signal)
  const commit = await git('rev-parse', '--verify', '--quiet', 'HEAD')
  if (commit === null || commit === '') return null
  // Our own state folder is no change to the sources.
  const changes = git('status', '--porcelain', '--', ':/', ':(exclude,glob)**/.launch/**')
  const [branch, tags, status] = await Promise.all([
    git('symbolic-ref', '--quiet', '--short', 'HEAD'),
    git('tag', '--points-at', 'HEAD'),
    changes,
  ])
  return {
    commit,
    branch: branch ?? branchOfRun(commit, env),
    tags: (tags ?? '').split('\n').filter((tag) => tag !== ''),
    clean: status === '',
    played: false,
  }
}

/** Whether a file of a checkout is, byte for byte as git would store it, the one of HEAD; false without git. */
export async function isCommitted(path: string, cwd: string, env: Env, signal: AbortSignal): Promise<boolean> {
  const git = gitIn(cwd, env, signal)
  // Not `git status`: an index may be told to overlook a file.
  const [committed, there] = await Promise.all([
    git('rev-parse', '--verify', '--quiet', `HEAD:./${path}`),
    git('hash-object', '--', path),
  ])
  return committed !== null && committed !== '' && committed === there
}

/** One value of git's configuration (`user.email`), or null. */
export async function gitConfig(name: string, cwd: string, env: Env, signal: AbortSignal): Promise<string | null> {
  return (await gitIn(cwd, env, signal)('config', '--get', name)) || null
}

/** Runs git; null when git or the answer is missing. Throws GIT_REFUSED when git will not read the checkout of somebody else. */
function gitIn(cwd: string, env: Env, signal: AbortSignal) {
  // Inside a hook these point at the repository of the hook.
  const ofHook = { GIT_DIR: undefined, GIT_WORK_TREE: undefined, GIT_INDEX_FILE: undefined }
  const childEnv = { ...env, ...ofHook, LC_ALL: 'C', GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0' }
  return async (...args: readonly string[]): Promise<string | null> => {
    const result = await execa('git', args, {
      cwd,
      env: childEnv,
      extendEnv: false,
      stdin: 'ignore',
      reject: false,
      timeout: 10_000,
      cancelSignal: signal,
    })
    signal.throwIfAborted()
    if (result.exitCode === 0) return result.stdout
    if (/dubious ownership/.test(result.stderr ?? ''))
      throw new LaunchError('GIT_REFUSED', `git does not trust the owner of "${cwd}"`)
    return null
  }
}

/** CI checks out a commit, not a branch, and says in variables which branch it was. */
function branchOfRun(commit: string, env: Env): string | null {
  if (env['GITHUB_SHA'] === commit && env['GITHUB_REF_TYPE'] === 'branch') return env['GITHUB_REF_NAME'] || null
  if (env['CI_COMMIT_SHA'] === commit) return env['CI_COMMIT_BRANCH'] || null
  return null
}
