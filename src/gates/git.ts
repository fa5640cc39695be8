import { z } from 'zod'
import { defineCheck } from '../core/check.ts'
import { fail, pass, unknown } from '../core/verdict.ts'

export const git = defineCheck({
  kind: 'git',
  about:
    'the code is frozen: HEAD is a tag or on a release branch, is the commit of this launch, and nothing is uncommitted',
  example: '{ kind: git, frozen: true, branches: [release/*] }',
  hint: 'commit or stash what is open, then check out the release tag or branch; a moved branch needs a new launch (--new)',
  shape: {
    frozen: z.literal(true).default(true).describe('what is checked; there is nothing else yet'),
    branches: z
      .array(z.string().min(1))
      .default(['release/*'])
      .describe('globs of branches that count as frozen; * is anything'),
    tags: z.array(z.string().min(1)).default(['*']).describe('globs of tags that count as frozen'),
  },
  title: () => 'code frozen',
  needs: () => [{ need: 'git' }],
  judge: (check, look) => {
    const seen = look.see({ need: 'git' })
    if (seen.status === 'missing') return unknown(seen.why)
    const { commit, branch, tags, clean, played } = seen.value
    const where = `${tags[0] ?? branch ?? 'a detached HEAD'} at ${commit.slice(0, 7)}`
    const found = { observed: where, limit: [...check.branches, 'a tag'].join(', '), samples: 1 }
    if (played) return pass(`played by the sandbox: ${where}`, found)

    const tag = tags.find((name) => matchesAny(name, check.tags))
    const frozen = tag !== undefined || (branch !== null && matchesAny(branch, check.branches))
    if (!frozen) return fail(`${where} is neither a tag nor on ${check.branches.join(', ')}`, found)
    if (!clean) return fail(`${where} has uncommitted changes`, found)
    if (!sameCommit(commit, look.launch.commit))
      return fail(`${where} is not ${look.launch.commit.slice(0, 7)}, the commit of this launch`, found)
    return pass(`${where}, clean`, found)
  },
})

function matchesAny(name: string, globs: readonly string[]): boolean {
  return globs.some((glob) => matches(name, glob))
}

/** `*` stands for any text. Each part is looked for once: a pattern of several took seconds on a long name. */
function matches(name: string, glob: string): boolean {
  const [first = '', ...rest] = glob.split('*')
  const last = rest.pop()
  if (last === undefined) return name === glob
  const end = name.length - last.length
  if (!name.startsWith(first) || !name.endsWith(last) || end < first.length) return false
  let at = first.length
  for (const part of rest) {
    const found = name.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return at <= end
}

/** One of the two may be abbreviated. */
function sameCommit(a: string, b: string): boolean {
  return a.startsWith(b) || b.startsWith(a)
}
