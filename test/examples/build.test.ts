import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runScript } from '../support/statusboard-site.ts'
import { tempDir } from '../support/temp-dir.ts'

/** Path → content of every file. */
async function filesOf(folder: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return new Map(
    await Promise.all(
      files.sort().map(async (file) => [file.slice(folder.length + 1), await readFile(file, 'utf8')] as const),
    ),
  )
}

function build(out: string, env: { readonly [name: string]: string | undefined } = {}) {
  return runScript(['build.mjs', '--out', out], {
    VITE_FEATURE_STATUS_BOARD_V2: undefined,
    NODE_ENV: undefined,
    ...env,
  })
}

describe('building the status board', () => {
  test('twice gives the same files byte for byte, whatever the environment around it', async () => {
    await using one = await tempDir()
    await using two = await tempDir()
    expect((await build(one.path)).exitCode).toBe(0)
    const around = {
      NODE_ENV: 'development',
      VITE_RELEASE: 'r2',
      TZ: 'Asia/Tokyo',
      VITE_FEATURE_STATUS_BOARD_V2: 'false',
    }
    expect((await build(two.path, around)).exitCode).toBe(0)
    const files = await filesOf(one.path)
    expect(await filesOf(two.path)).toEqual(files)
    const names = [...files.keys()]
    expect(names.filter((name) => !name.startsWith('assets/'))).toEqual(['favicon.svg', 'index.html', 'robots.txt'])
    expect(names.filter((name) => name.startsWith('assets/'))).toEqual([
      expect.stringMatching(/^assets\/index-[\w-]{8}\.(?:css|js)$/),
      expect.stringMatching(/^assets\/index-[\w-]{8}\.(?:css|js)$/),
    ])
    expect([...files.values()].join('\n')).not.toContain('sourceMappingURL')
    expect(files.get('index.html')).toContain('<meta name="feature-status-board-v2" content="false" />')
  })

  test('with another default says so in the page and changes the hash of the script', async () => {
    await using off = await tempDir()
    await using on = await tempDir()
    await build(off.path)
    await build(on.path, { VITE_FEATURE_STATUS_BOARD_V2: 'true' })
    const script = async (folder: string) => [...(await filesOf(folder)).keys()].find((name) => name.endsWith('.js'))
    expect(await readFile(join(on.path, 'index.html'), 'utf8')).toContain(
      '<meta name="feature-status-board-v2" content="true" />',
    )
    expect(await script(on.path)).not.toBe(await script(off.path))
  })

  test('with a default that is neither true nor false is refused', async () => {
    await using out = await tempDir()
    const ran = await build(out.path, { VITE_FEATURE_STATUS_BOARD_V2: 'yes' })
    expect(ran.exitCode).not.toBe(0)
    expect(ran.stderr).toContain('VITE_FEATURE_STATUS_BOARD_V2 is "yes"; it is true or false')
  })
})
