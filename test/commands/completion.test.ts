import { execFile, execFileSync } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { commands } from '../../src/commands/registry.ts'
import { startPty } from '../support/pty.ts'
import { runBin } from '../support/run-bin.ts'
import { tempDir } from '../support/temp-dir.ts'
import { waive } from '../support/waive.ts'

const exec = promisify(execFile)

function isInstalled(shell: string): boolean {
  try {
    execFileSync('which', [shell])
    return true
  } catch {
    waive(`completion for ${shell} was not tried: it is not installed`)
    return false
  }
}

const scripts = new Map<string, Promise<string>>()
function scriptFor(shell: string): Promise<string> {
  const made = scripts.get(shell) ?? printed(shell)
  scripts.set(shell, made)
  return made
}

async function printed(shell: string): Promise<string> {
  await using dir = await tempDir()
  const ran = await runBin(['completion', shell], { cwd: dir.path })
  expect(ran).toMatchObject({ exitCode: 0, stderr: '' })
  return ran.stdout
}

const firstWords = [...new Set(commands.map(({ name }) => name.split(' ')[0] ?? ''))].toSorted()
const wordsAfter = (group: string) =>
  commands.flatMap(({ name }) => (name.startsWith(`${group} `) ? [name.slice(group.length + 1)] : [])).toSorted()

describe.skipIf(!isInstalled('bash'))('bash completes', () => {
  const complete = async (...words: readonly string[]) => {
    const line = words.map((word) => `'${word}'`).join(' ')
    const tail = `COMP_WORDS=(${line}); COMP_CWORD=${words.length - 1}; _launch; printf '%s\\n' "\${COMPREPLY[@]}"`
    const { stdout } = await exec('bash', ['-uc', `${await scriptFor('bash')}\n${tail}`])
    return stdout
      .split('\n')
      .filter((word) => word !== '')
      .toSorted()
  }

  test('the first word', async () => {
    expect(await complete('launch', '')).toEqual(firstWords)
    expect(await complete('launch', 'expl')).toEqual(['explain'])
  })

  test('the second word of a group, also behind flags', async () => {
    expect(await complete('launch', 'uat', '')).toEqual(wordsAfter('uat'))
    expect(await complete('launch', '--env', 'staging', 'rollback', '')).toEqual(wordsAfter('rollback'))
  })

  test("flags: the command's own and those of every command", async () => {
    expect(await complete('launch', 'uat', 'block', '--se')).toEqual(['--seed', '--severity'])
    expect(await complete('launch', 'status', '--sa')).toEqual(['--sandbox'])
  })
})

// A shell as its user has it: the script is read, words are typed, Tab is pressed, and Enter shows what became of the line.
const started = {
  bash: { argv: ['bash', '--norc', '--noprofile', '-i'], before: 'bind "set bell-style none"', says: 'echo "ran:$*:"' },
  zsh: { argv: ['zsh', '-f', '-i'], before: 'autoload -Uz compinit; compinit -D -u', says: 'print -r -- "ran:$*:"' },
} as const

for (const shell of ['bash', 'zsh'] as const) {
  test.skipIf(!isInstalled(shell))(`${shell} completes what is typed at its prompt`, async () => {
    await using dir = await tempDir({ files: { script: await scriptFor(shell) } })
    const { argv, before, says } = started[shell]
    const env = { PATH: process.env['PATH'], HOME: dir.path, PS1: 'ready> ', LANG: 'C.UTF-8' }
    await using pty = startPty(argv, { cwd: dir.path, env })
    pty.type(`${before}; source ./script; launch() { ${says}; }; echo re""ad\r`)
    await pty.waitFor('read')
    pty.type('launch rollb\tem\t--reas\t\r')
    await pty.waitFor('ran:rollback emergency --reason')
    pty.type('launch --sandbox stat\t\r')
    await pty.waitFor('ran:--sandbox status')
    pty.type('exit\r')
    expect(await pty.exitCode).toBe(0)
  })
}

test.skipIf(!isInstalled('fish'))('fish completes words, with what they mean, and flags', async () => {
  await using dir = await tempDir({ files: { script: await scriptFor('fish') } })
  const complete = async (line: string) => {
    const { stdout } = await exec('fish', ['--no-config', '-c', `source ./script; complete -C '${line}'`], {
      cwd: dir.path,
      env: { PATH: process.env['PATH'], HOME: dir.path },
    })
    return stdout.trim().split('\n')
  }
  const emergency = commands.find(({ name }) => name === 'rollback emergency')

  expect(await complete('launch expl')).toEqual([expect.stringMatching(/^explain\t\S/)])
  expect((await complete('launch uat ')).map((line) => line.split('\t')[0] ?? '').toSorted()).toEqual(wordsAfter('uat'))
  expect((await complete('launch --env staging rollback em'))[0]).toBe(`emergency\t${emergency?.about}`)
  expect((await complete('launch rollback emergency --reas'))[0]).toMatch(/^--reason/)
})

for (const shell of ['zsh', 'fish']) {
  test.skipIf(!isInstalled(shell))(`${shell} can read its script`, async () => {
    await using dir = await tempDir({ files: { script: await scriptFor(shell) } })

    expect((await exec(shell, ['-n', dir.file('script')])).stderr).toBe('')
  })
}

test.each(['bash', 'zsh', 'fish'])('the script for %s knows every command', async (shell) => {
  const script = await scriptFor(shell)

  for (const { name } of commands) expect(script).toContain(`'${name}'`)
})

test('another shell is refused with those there are', async () => {
  await using dir = await tempDir()

  expect(await runBin(['completion', 'powershell'], { cwd: dir.path })).toMatchObject({
    exitCode: 2,
    stderr: '✖ there is no completion for "powershell"\n  one of bash, zsh or fish\n',
  })
})
