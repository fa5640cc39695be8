import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { execa } from 'execa'
import { LaunchError } from '../core/errors.ts'
import type { EvidenceByNeed } from '../core/evidence.ts'

type Env = { readonly [name: string]: string | undefined }
export type GitFacts = EvidenceByNeed['git']

/** What git knows about a folder's checkout; null when there is no git, no checkout or no commit yet. */
export async function gitFacts(cwd: string, env: Env, signal: AbortSignal): Promise<GitFacts | null> {
  const git = gitIn(cwd, env, signal)
  // Our own state folder is no change to the sources.
  const ours = [':/', ':(exclude,glob)**/.launch/**']
  const [status, tags] = await Promise.all([
    git('status', '--porcelain=v2', '--branch', '--', ...ours),
    git('tag', '--points-at', 'HEAD'),
  ])
  const { commit, branch, clean } = readStatus(status ?? '')
  if (commit === null) return null
  return {
    commit,
    branch: branch ?? branchOfRun(commit, env),
    tags: (tags ?? '').split('\n').filter((tag) => tag !== ''),
    clean,
    played: false,
  }
}

/** `# branch.oid` and `# branch.head` of `git status --porcelain=v2 --branch`; every line without `#` is a change. */
function readStatus(text: string): Pick<GitFacts, 'branch' | 'clean'> & { readonly commit: string | null } {
  const lines = text.split('\n').filter((line) => line !== '')
  const head = (name: string) => lines.find((line) => line.startsWith(`# ${name} `))?.slice(name.length + 3) ?? null
  const [commit, branch] = [head('branch.oid'), head('branch.head')]
  return {
    commit: commit === '(initial)' ? null : commit,
    branch: branch === '(detached)' ? null : branch,
    clean: lines.every((line) => line.startsWith('# ')),
  }
}

/**
 * Whether a file of a checkout is, byte for byte, what HEAD holds at its path; false without git. Its line ends may be those of
 * Windows, as a checkout there makes them.
 */
export async function isCommitted(path: string, cwd: string, env: Env, signal: AbortSignal): Promise<boolean> {
  const [committed, there] = await Promise.all([
    gitIn(cwd, env, signal)('rev-parse', '--verify', '--quiet', `HEAD:./${path}`),
    readFile(resolve(cwd, path)).catch(() => null),
  ])
  if (!committed || there === null) return false
  const unixLines = Buffer.from(there.toString('latin1').replaceAll('\r\n', '\n'), 'latin1')
  return [there, unixLines].some((bytes) => blobName(bytes, committed) === committed)
}

/**
 * What git would call a blob of these bytes, in the hash of another name. Worked out here: `git status` may be told to overlook a
 * file, and `git hash-object` reads what an attribute makes of it (working-tree-encoding, filters), not what launch reads.
 */
function blobName(bytes: Uint8Array, like: string): string {
  const hash = createHash(like.length === 64 ? 'sha256' : 'sha1')
  return hash.update(`blob ${bytes.length}\0`).update(bytes).digest('hex')
}

/** Who commits here, by git's configuration. */
export async function gitUser(
  cwd: string,
  env: Env,
  signal: AbortSignal,
): Promise<{ readonly name: string | null; readonly email: string | null }> {
  const found = await gitIn(cwd, env, signal)('config', '--null', '--get-regexp', '^user\\.(name|email)$')
  // Of several the last one counts, as everywhere in git.
  const all = new Map((found ?? '').split('\0').map((one) => [one.split('\n', 1)[0], one.slice(one.indexOf('\n') + 1)]))
  return { name: all.get('user.name') || null, email: all.get('user.email') || null }
}

/** Runs git; null when git or the answer is missing. Throws GIT_REFUSED when git will not read the checkout of somebody else. */
function gitIn(cwd: string, env: Env, signal: AbortSignal) {
  // Inside a hook these point at the repository of the hook.
  const ofHook = {
    GIT_DIR: undefined,
    GIT_COMMON_DIR: undefined,
    GIT_WORK_TREE: undefined,
    GIT_INDEX_FILE: undefined,
    GIT_OBJECT_DIRECTORY: undefined,
  }
  // What HEAD holds is what its commit says, whatever `git replace` puts in its place on this machine.
  const asCommitted = { GIT_NO_REPLACE_OBJECTS: '1' }
  const quiet = { LC_ALL: 'C', GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0' }
  const childEnv = { ...env, ...ofHook, ...asCommitted, ...quiet }
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
