import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { breakGlass } from '../../src/commands/break-glass.ts'
import type { RollbackTarget } from '../../src/commands/rollback-target.ts'
import { epochMs } from '../../src/core/brand.ts'

const target: RollbackTarget = {
  app: 'board',
  state: null,
  bucket: 'sb-prod',
  key: "flags/it's one.json",
  region: 'us-east-1',
  flagKey: 'board',
  profile: null,
  role: null,
  account: null,
  url: null,
}

/** What a shell makes of the printed lines: the file they write, and the arguments `aws` is called with. */
function typed(reason: string) {
  const said: string[] = []
  breakGlass(target, reason, epochMs(1000), { write: (text: string) => void said.push(text) } as Parameters<
    typeof breakGlass
  >[3])
  const lines = said.join('').split('\n').slice(1).join('\n').replace('> off.json', '')
  const shell = `aws() { printf '\\n%s' "$@"; }\n${lines}`
  const [document = '', ...args] = execFileSync('sh', ['-c', shell], { encoding: 'utf8' }).split('\n')
  return { document: JSON.parse(document), args }
}

test.each(["users can't log in", "x'; echo pwned; '", '$(id) `id` \\ "quoted"'])(
  'what is printed for doing it by hand is taken by a shell as it is meant: %s',
  (reason) => {
    const { document, args } = typed(reason)
    expect(document.launch).toMatchObject({ percent: 0, latch: true, reason })
    expect(args).toContain("flags/it's one.json")
    expect(args).toContain('sb-prod')
  },
)
