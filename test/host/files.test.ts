import { execFile } from 'node:child_process'
import { readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { projectFiles } from '../../src/host/files.ts'
import { tempDir } from '../support/temp-dir.ts'

const run = promisify(execFile)

test('a built folder is listed with the size and hash of every file, in order', async () => {
  await using dir = await tempDir({
    files: {
      'dist/index.html': '<!doctype html>',
      'dist/assets/b.js': '',
      'dist/assets/a.css': 'größe',
      'other/x': '',
    },
  })

  const entries = await projectFiles(dir.path).tree('dist')

  // Hashes by coreutils: what is shipped can be checked with sha256sum.
  const { stdout } = await run('sha256sum', ['assets/a.css', 'assets/b.js', 'index.html'], { cwd: dir.file('dist') })
  expect(entries.map(({ path, sha256 }) => `${sha256}  ${path}\n`).join('')).toBe(stdout)
  expect(entries.map(({ bytes }) => bytes)).toEqual([7, 0, 15])
})

const unfit = [
  {
    what: 'a link out of the folder',
    plant: (dir: string) => symlink('/etc/passwd', `${dir}/dist/leak.txt`),
    says: /leak\.txt \(a symbolic link\)/,
  },
  {
    what: 'a link to a folder',
    plant: (dir: string) => symlink('..', `${dir}/dist/assets`),
    says: /assets \(a symbolic link\)/,
  },
  { what: 'a pipe', plant: (dir: string) => run('mkfifo', [`${dir}/dist/pipe`]), says: /pipe \(a pipe\)/ },
  { what: 'a dotfile', plant: (dir: string) => writeFile(`${dir}/dist/.env`, 'SECRET=1'), says: /\.env \(a dotfile\)/ },
  {
    what: 'a name with an escape sequence',
    plant: (dir: string) => writeFile(`${dir}/dist/\u001B[31mred`, ''),
    says: /dist holds .*red \(control characters in its name\)/,
  },
  {
    what: 'a name with a line break',
    plant: (dir: string) => writeFile(`${dir}/dist/a\nb`, ''),
    says: /a b \(control characters in its name\)/,
  },
  {
    what: 'a name that reads backwards',
    plant: (dir: string) => writeFile(`${dir}/dist/a\u202Egnp.js`, ''),
    says: /\(control characters in its name\)/,
  },
  {
    what: 'a name with a backslash',
    plant: (dir: string) => writeFile(`${dir}/dist/..\\x`, ''),
    says: /a backslash in its name/,
  },
] as const

for (const { what, plant, says } of unfit) {
  test(`${what} is not shipped`, async () => {
    await using dir = await tempDir({ files: { 'dist/index.html': '' } })
    await plant(dir.path)

    const failure = await projectFiles(dir.path)
      .tree('dist')
      .catch((error: unknown) => error)

    expect(failure).toMatchObject({ code: 'ARTIFACT_INVALID', message: expect.stringMatching(says) })
    expect(String(failure)).not.toContain('\u001B')
  })
}

test('.well-known may be shipped, other dot names only when they are allowed', async () => {
  await using dir = await tempDir({ files: { 'dist/.well-known/security.txt': 'x', 'dist/.nojekyll': '' } })

  await expect(projectFiles(dir.path).tree('dist')).rejects.toThrow(/\.nojekyll/)
  const entries = await projectFiles(dir.path, { dotNames: ['.well-known', '.nojekyll'] }).tree('dist')
  expect(entries.map((entry) => entry.path)).toEqual(['.nojekyll', '.well-known/security.txt'])
})

test('a missing folder says what to do, an empty one is empty', async () => {
  await using dir = await tempDir({ files: { 'file.txt': '' } })

  await expect(projectFiles(dir.path).tree('dist')).rejects.toMatchObject({
    code: 'ARTIFACT_INVALID',
    hint: 'run launch build',
  })
  await expect(projectFiles(dir.path).tree('file.txt')).rejects.toMatchObject({ code: 'ARTIFACT_INVALID' })
})

test('nothing outside of the project is read or written, also not through links', async () => {
  await using outside = await tempDir({ files: { 'secret.txt': 'secret' } })
  await using dir = await tempDir({ files: { 'in.txt': 'in' } })
  await symlink(outside.path, dir.file('link'))
  await symlink(outside.file('secret.txt'), dir.file('secret-link.txt'))
  const files = projectFiles(dir.path)

  for (const path of ['../x', '/etc/passwd', 'link/secret.txt', 'secret-link.txt']) {
    await expect(files.read(path), path).rejects.toMatchObject({ code: 'ARTIFACT_INVALID' })
  }
  for (const path of ['../x', '../made/x', '/tmp/launch-made/x', 'link/new.txt', 'link/made/new.txt']) {
    await expect(files.write(path, 'x'), path).rejects.toMatchObject({ code: 'ARTIFACT_INVALID' })
  }
  await expect(files.tree('link')).rejects.toMatchObject({ code: 'ARTIFACT_INVALID' })
  expect(await readdir(outside.path)).toEqual(['secret.txt'])
  expect(await readdir(dir.file('..'))).not.toContain('made')
})

test('whether a file may be written is said without making anything', async () => {
  await using outside = await tempDir()
  await using dir = await tempDir({ files: { 'file.txt': 'x', 'folder/in.txt': 'in' } })
  await symlink(outside.path, dir.file('link'))
  const files = projectFiles(dir.path)

  for (const path of ['file.txt', 'new.txt', 'folder/new.txt', 'made/now/new.txt'])
    await expect(files.mustBeWritable?.(path), path).resolves.toBeUndefined()
  const refused = [
    ['file.txt/new.txt', 'FORBIDDEN', 'file.txt/new.txt cannot be written: file.txt is no folder'],
    ['folder', 'FORBIDDEN', 'folder cannot be written: it is a folder'],
    ['../x', 'ARTIFACT_INVALID', '"../x" is outside of the project folder'],
    ['link/made/x', 'ARTIFACT_INVALID', '"link/made/x" is outside of the project folder'],
  ] as const
  for (const [path, code, message] of refused)
    await expect(files.mustBeWritable?.(path), path).rejects.toMatchObject({ code, message })
  expect((await readdir(dir.path)).toSorted()).toEqual(['file.txt', 'folder', 'link'])
})

test('a pipe is refused at once instead of waited for', async () => {
  await using dir = await tempDir()
  await run('mkfifo', [dir.file('pipe')])

  await expect(projectFiles(dir.path).read('pipe')).rejects.toThrow('pipe is no regular file')
})

test('a file that is not there is null, one that is comes as bytes', async () => {
  await using dir = await tempDir({ files: { 'a/b.txt': 'größe' } })
  const files = projectFiles(dir.path)

  expect(await files.read('a/none.txt')).toBeNull()
  expect(await files.read('none/none.txt')).toBeNull()
  expect(Buffer.from((await files.read('a/b.txt')) ?? []).toString()).toBe('größe')
})

test('a reader sees the old content or the new one, and no temporary file stays', async () => {
  await using dir = await tempDir()
  const files = projectFiles(dir.path)
  const contents = ['a'.repeat(200_000), 'b'.repeat(200_000)] as const
  await files.write('.launch/report.md', contents[0])
  const torn: string[] = []

  const writing = (async () => {
    for (let round = 1; round <= 20; round++) await files.write('.launch/report.md', contents[round % 2 === 0 ? 0 : 1])
  })()
  let done = false
  void writing.finally(() => (done = true))
  while (!done) {
    const text = await readFile(dir.file('.launch', 'report.md'), 'utf8')
    if (text !== contents[0] && text !== contents[1]) torn.push(text.slice(0, 20))
  }
  await writing

  expect(torn).toEqual([])
  expect(await readdir(dir.file('.launch'))).toEqual(['report.md'])
})

test('two thousand small files are listed and hashed within seconds', async () => {
  const names = Array.from(
    { length: 2000 },
    (_, index) => [`dist/assets/${index}.js`, `export default ${index}`] as const,
  )
  await using dir = await tempDir({ files: Object.fromEntries(names) })
  const startedAt = performance.now()

  const entries = await projectFiles(dir.path).tree('dist')

  expect(entries).toHaveLength(2000)
  expect(performance.now() - startedAt).toBeLessThan(5000)
})
